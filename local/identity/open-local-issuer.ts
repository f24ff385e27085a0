import { join } from 'node:path';
import type { Router } from 'express';
import type { readSettings } from '../../lib/config.ts';
import { isThisMachine } from '../../lib/oidc/safe-address.ts';
import { openIdentityKey } from './identity-key.ts';
import { localIssuerRoutes } from './local-issuer-routes.ts';

/**
 * The identity provider of one machine, as long as `npm start` stands in for one; else null, and nothing of it is
 * reachable. Nor is it reachable where the public address is not this machine's: it believes anyone who asks.
 */
export function openLocalIssuer(
  settings: ReturnType<
    typeof readSettings<'STAND_INS' | 'DATA_DIR' | 'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'PUBLIC_URL'>
  >,
): Router | null {
  const { STAND_INS: standIns, DATA_DIR: dataDir, OIDC_ISSUER: issuer } = settings;
  if (!standIns.includes('staff') || dataDir === undefined || issuer === undefined) return null;
  if (![issuer, settings.PUBLIC_URL].every(isThisMachine)) return null;
  const key = openIdentityKey(join(dataDir, 'keys', 'identity-key.json'));
  return localIssuerRoutes({ issuer, clientId: settings.OIDC_CLIENT_ID, key });
}
