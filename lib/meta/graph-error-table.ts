import type { Channel } from '../../domain/channels.ts';
import type { SendProblem } from '../../domain/outbox.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** `10/2534022` is a code with its subcode, `*` any code with that subcode, a number alone every other subcode. */
export type GraphCode = number | `${number | '*'}/${number}`;

/**
 * What an error code says about the message. `not sent` waits and goes out later; `rejected` is about this person or this
 * message and stops nobody else's; `ambiguous` may have gone out. `waitMs` is how long to wait when Meta does not say.
 */
export interface GraphErrorClass {
  kind: 'not sent' | 'rejected' | 'ambiguous';
  reason: SendProblem;
  waitMs?: number;
}

/** The person's side, the business's, or the rate between them: whatever a code is about, it is about one of these. */
const CLASSES = {
  'may have gone out': { kind: 'ambiguous', reason: 'server error' },
  // Meta: the message may have been sent all the same, and must not be repeated.
  'may have gone out, never repeat': { kind: 'ambiguous', reason: 'possibly sent' },
  'too fast': { kind: 'not sent', reason: 'throttled', waitMs: 2 * SECOND },
  'too fast for this person': { kind: 'not sent', reason: 'throttled', waitMs: 6 * SECOND },
  'too many calls': { kind: 'not sent', reason: 'throttled', waitMs: 10 * SECOND },
  'limit of the app or account': { kind: 'not sent', reason: 'throttled', waitMs: MINUTE },
  'limit for quality': { kind: 'not sent', reason: 'quality limit', waitMs: MINUTE },
  'token of the account': { kind: 'not sent', reason: 'token refused' },
  // Nearly always the account's too; but some of these were seen for one person while others got their messages.
  'permission of the account': { kind: 'not sent', reason: 'token refused' },
  'address of the account': { kind: 'not sent', reason: 'account not found' },
  'account stopped': { kind: 'not sent', reason: 'account restricted' },
  'account does not pay': { kind: 'not sent', reason: 'billing' },
  'window of this person': { kind: 'rejected', reason: 'window closed' },
  'this person': { kind: 'rejected', reason: 'person unreachable' },
  'this person opted out': { kind: 'rejected', reason: 'person opted out' },
  'identity of this person': { kind: 'rejected', reason: 'identity changed' },
  'this message': { kind: 'rejected', reason: 'invalid request' },
  unexplained: { kind: 'rejected', reason: 'unknown error' },
} as const satisfies Record<string, GraphErrorClass>;
type ClassName = keyof typeof CLASSES;

/** Where a row was read, with the date of the page. */
export const GRAPH_ERROR_SOURCES = {
  graph: 'Graph API, "Handling errors"',
  rates: 'Graph API, "Rate limits"',
  messenger: 'Messenger Platform, "Error codes", 2026-03-18',
  whatsapp: 'WhatsApp Business Platform, "Error codes", 2026-06-18',
  webhooks: 'Messenger Platform, "Webhooks": user consent is needed',
  projects: 'reports of public projects: netflie/whatsapp-cloud-api #42 and #160, chatwoot #5509',
} as const;
type Source = keyof typeof GRAPH_ERROR_SOURCES;

export interface GraphErrorRow {
  code: GraphCode;
  class: ClassName;
  source: Source;
}

function rows(source: Source, name: ClassName, ...codes: readonly GraphCode[]): GraphErrorRow[] {
  return codes.map((code) => ({ code, class: name, source }));
}

const PERMISSION_CODES = Array.from({ length: 100 }, (_, index) => 200 + index);

/** What holds on both channels, because the Graph API says it. */
const BOTH = [
  ...rows('graph', 'may have gone out', 1, 2, -1, -2),
  ...rows('graph', 'limit of the app or account', 4, 17, 32, 341),
  ...rows('rates', 'too many calls', 613),
  ...rows('rates', 'limit of the app or account', 80001, 80002, 80006, 80007, 80008),
  ...rows('graph', 'token of the account', 0, 102, 190),
  ...rows('graph', 'permission of the account', 3, 10, ...PERMISSION_CODES),
  ...rows('graph', 'account stopped', 368),
  ...rows('graph', 'this message', 100),
  // The id in the path is not there for this token, or there is no such path: no message of the account can pass.
  ...rows('graph', 'address of the account', '100/33', 2500),
  // An app in development mode reaches only people with a role in it, and the account works for them.
  ...rows('projects', 'this person', '*/2018027', '*/2018028'),
  ...rows('projects', 'window of this person', '*/2018065', '*/2018278'),
  ...rows('messenger', 'this person', 551, '*/1545041', '*/2018108', '*/2018001'),
];

const INSTAGRAM = [
  ...rows('messenger', 'may have gone out, never repeat', '1/1357046'),
  ...rows('messenger', 'too many calls', '613/2534040'),
  ...rows('messenger', 'window of this person', '10/2534022'),
  ...rows('messenger', 'account stopped', '10/1893063', '100/2534029'),
  // The owner turned off access to messages for every app.
  ...rows('messenger', 'account stopped', '200/2534041'),
  ...rows('webhooks', 'this person', 230),
  // 2534001: the thread was archived or deleted.
  ...rows('messenger', 'this person', '100/2534014', '*/2534001', 2534001),
  ...rows('messenger', 'this message', '100/2018047', '100/2018008', '100/2018109', '100/2018294'),
  ...rows('messenger', 'this message', '100/2018074', '*/2534025', 2534025),
  ...rows('messenger', 'unexplained', '*/2534013', 2534013),
];

const WHATSAPP = [
  ...rows('whatsapp', 'may have gone out', 131000, 131016, 131057),
  ...rows('whatsapp', 'too fast', 130429),
  // One message every six seconds to the same person.
  ...rows('whatsapp', 'too fast for this person', 131056),
  ...rows('whatsapp', 'limit of the app or account', 131064, 133016),
  ...rows('whatsapp', 'limit for quality', 131048),
  ...rows('whatsapp', 'permission of the account', 131005),
  // 131031 locked, 131037 the display name is not approved, 131045 and 133010 the number is not registered.
  ...rows('whatsapp', 'account stopped', 131031, 131037, 131045, 133010),
  ...rows('whatsapp', 'account does not pay', 131042),
  ...rows('whatsapp', 'window of this person', 131047),
  // 130497: the business may not write to people in this country. 131049 and 130472: Meta chose not to deliver.
  ...rows('whatsapp', 'this person', 130497, 131021, 131026, 131030, 131049, 130472),
  ...rows('whatsapp', 'this person opted out', 131050),
  ...rows('whatsapp', 'identity of this person', 137000),
  ...rows('whatsapp', 'this message', 131008, 131009, 131051, 131052, 131053, 131060, 131062),
  ...rows('whatsapp', 'this message', 131063, 132000, 132001, 132005, 132007, 132008, 132012),
  ...rows('whatsapp', 'this message', 132015, 132016, 132068, 132069, 135000),
];

/** Every code that is known on a channel. The code decides, not the HTTP status: Meta documents the first, not the second. */
export const GRAPH_ERROR_ROWS = {
  instagram: [...BOTH, ...INSTAGRAM],
  whatsapp: [...BOTH, ...WHATSAPP],
} as const satisfies Record<Channel, readonly GraphErrorRow[]>;

const BY_CODE = {
  instagram: byCode(GRAPH_ERROR_ROWS.instagram),
  whatsapp: byCode(GRAPH_ERROR_ROWS.whatsapp),
} satisfies Record<Channel, Map<string, GraphErrorClass>>;

/** A channel's own row comes after the common one, and counts. */
function byCode(all: readonly GraphErrorRow[]): Map<string, GraphErrorClass> {
  return new Map(all.map((row) => [String(row.code), CLASSES[row.class]]));
}

/** Whether a code that stops an account may still have been about the one person who was written to. */
export function mayConcernOnePerson(channel: Channel, code: number | null): boolean {
  return GRAPH_ERROR_ROWS[channel].some(
    (row) => row.code === code && row.class === 'permission of the account',
  );
}

/** What is known of a code on this channel; undefined for one that Meta does not document. */
export function graphErrorClass(
  channel: Channel,
  code: number,
  subcode: number | null,
): GraphErrorClass | undefined {
  const known = BY_CODE[channel];
  return known.get(`${code}/${subcode}`) ?? known.get(`*/${subcode}`) ?? known.get(String(code));
}
