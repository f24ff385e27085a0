import type { RateLimit } from '../../lib/rate-limit.ts';
import type { MailWay } from '../../lib/mail/open-mailer.ts';
import type { Site } from '../site/site-page.ts';
import type { MailLimit } from './mail-limit.ts';
import type { OpenRequestDeps } from './open-request.ts';

/** What the routes of privacy requests are made of. */
export interface RequestRouteDeps extends OpenRequestDeps {
  publicUrl: string;
  limit: RateLimit;
  mail: MailWay;
  mailLimit: MailLimit;
  site: Site;
}
