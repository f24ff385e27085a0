import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

const SEPARATORS = /[\s().-]/g;
const LONGEST_WRITTEN = 40;
const INTERNATIONAL = /^\+?(\d{5,20})$/;

/**
 * A phone number with its country code, in any usual writing, as E.164 with `+`; null when it is
 * none. WhatsApp writes its ids without the plus. A number unknown to the numbering plans keeps its
 * digits: WhatsApp knows numbers before the plans do, and dropping a digit from one could make it
 * another person's.
 */
export function phoneNumber(written: string): string | null {
  if (written.length > LONGEST_WRITTEN) return null;
  const digits = INTERNATIONAL.exec(written.replace(SEPARATORS, ''))?.[1];
  if (digits === undefined) return null;
  const literal = `+${digits}`;
  const parsed = parsePhoneNumberFromString(literal);
  if (parsed === undefined || parsed.number === literal) return literal;
  return parsed.isValid() ? parsed.number : literal;
}
