import type { Channel } from '../../domain/channels.ts';

/** A line that names an account, such as `Instagram handle: @example`. */
export interface LabelledLine {
  channel: Channel;
  value: string;
}

const LINE =
  /^[>\s*•\d.)\p{Pd}]*(?<label>[\p{L}][^:=\n]{0,79}?)[\s*]*[:=](?!\/\/)\s*(?<value>.*)$/u;
/** What is left where the sender filled nothing in. */
const NOTHING = /^[@+_.…\s\p{Pd}*]*$/u;

const INSTAGRAM =
  /\b(?:instagram|insta|ig)\b|\b(?:handle|user[ -]?name|screen ?name|account ?name|benutzername|nutzername|usuario|pseudo|identifiant)\b|usuário|nom d.utilisateur/iu;
const WHATSAPP =
  /whats ?app|\b(?:phone|mobile|cell|tel|telephone|telefon|telefonnummer|handy|handynummer|rufnummer|telefono|movil|celular|telefone|portable)\b|téléphone|teléfono|móvil|telemóvel|^(?:(?:my|meine|mi|mon|meu|o meu) )?(?:number|nummer|numero|número|numéro)$/iu;

/** Null for a line that asks for no account, and for one that was left empty. */
export function readLabelledLine(line: string): LabelledLine | null {
  const parts = LINE.exec(line)?.groups;
  const [label, value] = [parts?.['label'] ?? '', (parts?.['value'] ?? '').trim()];
  if (label === '' || NOTHING.test(value)) return null;
  if (/whats ?app/iu.test(label)) return { channel: 'whatsapp', value };
  if (INSTAGRAM.test(label)) return { channel: 'instagram', value };
  return WHATSAPP.test(label) ? { channel: 'whatsapp', value } : null;
}
