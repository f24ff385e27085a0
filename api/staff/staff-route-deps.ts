import type { MailWay } from '../../lib/mail/open-mailer.ts';
import type { OpenRequestDeps } from '../privacy/open-request.ts';
import type { StaffDoor } from './staff-door.ts';

/** What the routes of staff are made of. */
export interface StaffRouteDeps extends OpenRequestDeps {
  door: StaffDoor;
  publicUrl: string;
  mail: MailWay;
  /** Of Temporal's UI, and the namespace in it; null where no setting says where it is. */
  temporal: { url: string; namespace: string } | null;
}
