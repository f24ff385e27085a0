import { findPhrases } from '../../domain/deletion-phrase.ts';
import { storedWords } from '../../domain/stored-content.ts';
import type { InTransaction } from '../../store/database.ts';
import { editMessage } from '../../store/conversation/inbox.ts';
import { confirmRequests } from './confirm-requests.ts';
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
  const { person, providerId, text } = edit;
  const cipher = await deps.people.find(trx, person);
  const content = storedWords(text);
  const edited = cipher && (await editMessage(trx, cipher, { providerId, content }));
  if (cipher === null || edited === null || edited.outcome === 'unknown')
    return takeAsMessage(trx, deps, edit, after);
  if (edited.outcome !== 'edited') return 'of no use';
  const { subjectId } = cipher;
  await obeyCommand(trx, deps, subjectId, text);
  await confirmRequests(trx, deps, { subjectId, person }, text, after);
  if (edited.mustWake) after.toWake.add(subjectId);
  return 'stored';
}

async function takeAsMessage(
  trx: InTransaction,
  deps: IngestDeps,
  { person, providerId, at, text, isOverheard }: EventOf<'message edited'>,
  after: AfterCommit,
): Promise<EventResult> {
  // What is said to another app is not for us, except a phrase, which is meant for us wherever it is said.
  if (isOverheard === true && findPhrases(text).length === 0) return 'of no use';
  const content = { kind: isOverheard === true ? 'overheard' : 'text', text } as const;
  const message = { type: 'message', person, providerId, at, content } as const;
  const [result] = await takeMessages(trx, deps, [message], after);
  return result ?? 'of no use';
}
