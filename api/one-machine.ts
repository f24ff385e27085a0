import type { Request, Router } from 'express';
import type { MailWay } from '../lib/mail/open-mailer.ts';
import type { ApiParts } from './api-parts.ts';

/** What the api has in addition where `npm start` runs everything on one machine. Production has none of it. */
export interface OneMachine {
  routers: readonly Router[];
  /** Whether a request comes from this machine, addressed to it, and through no proxy. */
  isFromHere: (request: Request) => boolean;
  hasSimulator: boolean;
  /** Temporal's UI takes no sign-in here: requests from this machine count as those of staff. */
  believesThisMachine: boolean;
  mail: MailWay;
  close(): Promise<void>;
}

/** `port` is known once the api listens. */
export type OpenOneMachine = (parts: ApiParts, port: () => number) => OneMachine;
