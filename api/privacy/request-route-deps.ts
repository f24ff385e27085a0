import type { MailWay } from '../../lib/mail/open-mailer.ts';
import type { Limits } from '../../store/limits.ts';
import type { ClientOf } from '../client-of.ts';
import type { Site } from '../site/site-page.ts';
import type { OpenRequestDeps } from './open-request.ts';

/** What the routes of privacy requests are made of. */
export interface RequestRouteDeps extends OpenRequestDeps {
  publicUrl: string;
  limits: Limits;
  clientOf: ClientOf;
  mail: MailWay;
  site: Site;
}
