import type { InTransaction } from '../../lib/postgres/database.ts';
import { editMessage } from '../../lib/postgres/inbox.ts';
import type { AfterCommit, EventOf, EventResult, IngestDeps } from './ingest-deps.ts';
import { obeyCommand } from './obey-command.ts';
import { takeMessages } from './take-messages.ts';

/**
 * New words in place of the old ones. Meta promises no order: an edit that overtakes its message is taken for the message,
 * which then comes as a repeated one, so that the old words are never stored.
 */
export async function takeEdit(
  trx: InTransaction,
  deps: IngestDeps,
  edit: EventOf<'message edited'>,
  after: AfterCommit,
): Promise<EventResult> {
  const { person, providerId, at, text } = edit;
  const cipher = await deps.people.find(trx, person);
  const edited = cipher && (await editMessage(trx, cipher, edit));
  if (cipher === null || edited === null || edited.outcome === 'unknown') {
    const message = {
      type: 'message',
      person,
      providerId,
      at,
      content: { kind: 'text', text },
    } as const;
    const [result] = await takeMessages(trx, deps, [message], after);
    return result ?? 'of no use';
  }
  if (edited.outcome !== 'edited') return 'of no use';
  await obeyCommand(trx, deps, cipher.subjectId, text);
  if (edited.mustWake) after.toWake.add(cipher.subjectId);
  return 'stored';
}
