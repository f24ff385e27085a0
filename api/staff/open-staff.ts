import type { Router } from 'express';
import type { readSettings } from '../../lib/config.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { StaffPseudonyms } from '../../lib/crypto/staff-pseudonym.ts';
import { createTokenVerifier } from '../../lib/oidc/token-verifier.ts';
import { createPayloadCodec } from '../../lib/temporal/payload-codec.ts';
import { codecRoutes } from '../codec/codec-routes.ts';
import type { OneMachine } from '../one-machine.ts';
import { closedStaffDoor, createStaffDoor } from './staff-door.ts';
import type { StaffDoor } from './staff-door.ts';
import type { StaffRouteDeps } from './staff-route-deps.ts';
import { staffRoutes } from './staff-routes.ts';

type StaffSettings = ReturnType<
  typeof readSettings<
    | 'OIDC_ISSUER'
    | 'OIDC_CLIENT_ID'
    | 'PUBLIC_URL'
    | 'TEMPORAL_UI_URL'
    | 'TEMPORAL_PRIVACY_NAMESPACE'
  >
>;

/** The routes of staff, and what opens payloads for Temporal's UI. */
export function openStaff(
  settings: StaffSettings,
  deps: Omit<StaffRouteDeps, 'door' | 'publicUrl' | 'temporal'> & {
    ring: KeyRing;
    machine: OneMachine | null;
  },
): Router[] {
  const { TEMPORAL_UI_URL: url, TEMPORAL_PRIVACY_NAMESPACE: namespace } = settings;
  const door = doorOf(settings, deps);
  const routes = staffRoutes({
    ...deps,
    door,
    publicUrl: settings.PUBLIC_URL,
    temporal: url === undefined ? null : { url, namespace },
  });
  const codec =
    url === undefined
      ? []
      : [
          codecRoutes({
            db: deps.db,
            codec: createPayloadCodec(deps.ring.secret('payload codec')),
            door,
            uiUrl: url,
            isStaffMachine:
              deps.machine?.believesThisMachine === true ? deps.machine.isFromHere : null,
          }),
        ];
  return [routes, ...codec];
}

function doorOf(
  { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId }: StaffSettings,
  { ring, log }: Pick<StaffRouteDeps, 'log'> & { ring: KeyRing },
): StaffDoor {
  if (issuer === undefined) {
    log.warn(
      { event: 'staff door closed' },
      'OIDC_ISSUER is not set: no staff can sign in, and what needs two of them cannot be done',
    );
    return closedStaffDoor;
  }
  return createStaffDoor({
    issuer,
    verify: createTokenVerifier({ issuer, clientId }),
    pseudonyms: new StaffPseudonyms(ring),
    log,
  });
}
