import { recogniseCommand } from '../../domain/chat-command.ts';
import type { InTransaction } from '../../store/database.ts';
import { optIn, optOut, pauseForHuman } from '../../store/people/standing.ts';
import type { IngestDeps } from './ingest-deps.ts';

/** STOP and HUMAN hold from the moment they are stored: an answer that is being written is not sent any more. */
export async function obeyCommand(
  trx: InTransaction,
  { languages, humanPauseMs }: Pick<IngestDeps, 'languages' | 'humanPauseMs'>,
  subjectId: string,
  text: string,
): Promise<void> {
  const command = recogniseCommand(text, languages)?.command;
  if (command === 'stop') await optOut(trx, subjectId);
  if (command === 'start') await optIn(trx, subjectId);
  if (command === 'human') await pauseForHuman(trx, subjectId, humanPauseMs);
}
