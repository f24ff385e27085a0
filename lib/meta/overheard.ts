import { findPhrases } from '../../domain/deletion-phrase.ts';
import { found, ignored, type Finding } from './webhook-finding.ts';

/**
 * What is of use to us in a conversation that another app answers: what the person takes back or edits changes what we
 * hold, and the phrase of a deletion proves who they are wherever they say it. Nothing else is collected.
 */
export function overheard(finding: Finding): Finding {
  if (finding.kind !== 'event') return finding;
  const { event } = finding;
  if (event.type === 'message unsent') return finding;
  if (event.type === 'message edited') return found({ ...event, isOverheard: true });
  const said = event.type === 'message' && event.content.kind === 'text' ? event.content.text : '';
  const text = findPhrases(said).join(' ');
  if (event.type !== 'message' || text === '') return ignored('standby');
  return found({ ...event, content: { kind: 'overheard', text } });
}
