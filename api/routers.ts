import type { Router } from 'express';
import { openSigningKeys } from '../lib/crypto/signing-keys.ts';
import { Limits } from '../store/limits.ts';
import { createTellConversation } from '../lib/temporal/tell-conversation.ts';
import { createWakeConversation } from '../lib/temporal/wake-conversation.ts';
import { uiAddresses } from '../lib/temporal/ui-addresses.ts';
import type { ApiParts } from './api-parts.ts';
import type { ApiSettings } from './api-settings.ts';
import { createClientOf } from './client-of.ts';
import { metaRoutes } from './meta/meta-routes.ts';
import type { OneMachine } from './one-machine.ts';
import { certificateRoutes } from './privacy/certificate-routes.ts';
import { jwksRoutes } from './privacy/jwks-routes.ts';
import { requestRoutes } from './privacy/request-routes.ts';
import { frontRoutes } from './site/front-routes.ts';
import { siteAssets } from './site/site-assets.ts';
import type { Site } from './site/site-page.ts';
import { openStaff } from './staff/open-staff.ts';
import { ingest } from './webhooks/ingest.ts';
import { createRunAfterCommit } from './webhooks/run-after-commit.ts';
import type { RunAfterCommit } from './webhooks/run-after-commit.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

/** What follows a committed webhook: conversations are woken, requests are told. */
export function openAfterCommit(parts: ApiParts): RunAfterCommit {
  const { settings, conversations } = parts;
  return createRunAfterCommit({
    ...parts,
    wake: createWakeConversation(conversations, {
      sessionIdleMs: settings.SESSION_IDLE,
      turnDeadlineMs: settings.TURN_DEADLINE,
    }),
    tell: createTellConversation(conversations),
  });
}

/** Meta's webhooks. */
export function webhookRouter(parts: ApiParts, afterCommit: RunAfterCommit): Router {
  const { settings } = parts;
  return webhookRoutes({
    channels: {
      instagram: {
        secrets: settings.INSTAGRAM_APP_SECRETS,
        verifyToken: settings.INSTAGRAM_VERIFY_TOKEN,
      },
      whatsapp: {
        secrets: settings.WHATSAPP_APP_SECRETS,
        verifyToken: settings.WHATSAPP_VERIFY_TOKEN,
      },
    },
    accounts: parts.accounts,
    ingest: (events) => ingest({ ...parts, humanPauseMs: settings.HUMAN_PAUSE }, events),
    afterCommit: afterCommit.run,
    unproven: parts.unproven,
    metrics: parts.metrics,
    log: parts.log,
  });
}

/** What people, Meta's callbacks and staff ask for. */
export function pageRouters(parts: ApiParts, machine: OneMachine | null): Router[] {
  const { settings } = parts;
  const publicUrl = settings.PUBLIC_URL;
  const site = siteOf(settings);
  const mail = settings.SMTP_URL === undefined ? (machine?.mail ?? 'none') : 'mail server';
  const limits = new Limits(parts.db, parts.ring);
  const clientOf = createClientOf(settings.TRUSTED_PROXIES, () =>
    parts.log.warn(
      { event: 'untrusted proxy' },
      'a request says whom it comes from, and TRUSTED_PROXIES does not name who says so: if that is a proxy of yours, all who come through it are counted as one client',
    ),
  );
  return [
    siteAssets(),
    frontRoutes({ site, machine, temporal: uiAddresses(settings) }),
    jwksRoutes({ keys: openSigningKeys(settings) }),
    certificateRoutes({ site, publicUrl }),
    requestRoutes({ ...parts, publicUrl, site, limits, clientOf, mail }),
    metaRoutes({ ...parts, publicUrl, secrets: settings.META_APP_SECRETS }),
    ...openStaff(settings, { ...parts, mail, machine }),
  ];
}

/** Whose pages they are. */
export function siteOf(settings: ApiSettings): Site {
  return { companyName: settings.COMPANY_NAME, contactEmail: settings.CONTACT_EMAIL };
}
