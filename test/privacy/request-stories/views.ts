import { requestWorkflowId } from '../../../domain/privacy-request.ts';
import type { Opened, Stage } from './stage.ts';

type Standing = Record<string, string>;

/** What each place says of one request. */
export interface Views {
  state: string;
  page: Standing;
  staff: Standing;
  temporal: Standing;
  /** Null when there is none. */
  certificate: Standing | null;
  /** Null when the answer has not come by mail, or is not one about accounts. */
  mail: Standing | null;
  isAnsweredForStaff: boolean;
  isStray: boolean;
  html: string;
  mails: number;
}

interface Account {
  channel: string;
  state: string;
}

const standing = (accounts: readonly Account[]): Standing =>
  Object.fromEntries(accounts.map(({ channel, state }) => [channel, state]));

export async function lookEverywhere(
  { mayfly, mail, desk, staff }: Stage,
  { code, mailTo }: Opened,
  requestId: string,
): Promise<Views> {
  const status = await desk.status(code);
  const { body } = await staff[0].get(`requests/${requestId}`);
  const { currentDetails } = await mayfly.privacyClient.workflow
    .getHandle(requestWorkflowId(requestId))
    .query<{ currentDetails: string }>('__temporal_workflow_metadata');
  const certificate = await fetch(mayfly.url(`/privacy/requests/${code}/certificate`));
  const mails = mail.received.filter(({ to }) => mailTo !== null && to.includes(mailTo));
  return {
    state: status.state,
    page: standing(status.accounts),
    staff: standing(body['accounts'] as Account[]),
    temporal: Object.fromEntries(
      [...currentDetails.matchAll(/^- (instagram|whatsapp): (.+)$/gm)].map(([, channel, state]) => [
        channel ?? '',
        state ?? '',
      ]),
    ),
    certificate: certificate.ok ? certified(await certificate.text()) : null,
    mail: mailed(mails.at(-1)?.text ?? ''),
    isAnsweredForStaff: body['answered_at'] !== null,
    isStray: status.stray_phrase_at !== null,
    html: (await desk.page(code)).replaceAll(/\s+/g, ' '),
    mails: mails.length,
  };
}

function certified(jws: string): Standing {
  const [, payload = ''] = jws.split('.');
  const { accounts } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    accounts: Account[];
  };
  return standing(accounts);
}

function mailed(text: string): Standing | null {
  const lines = [...text.matchAll(/^- (Instagram|WhatsApp): (deleted|never confirmed|we hold)/gm)];
  if (lines.length === 0) return null;
  const states: Record<string, string> = { deleted: 'erased', 'we hold': 'nothing held' };
  return Object.fromEntries(
    lines.map(([, channel = '', words = '']) => [channel.toLowerCase(), states[words] ?? words]),
  );
}
