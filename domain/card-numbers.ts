/** The number of a payment card as people write it: 13 to 19 digits in one, in fours, or as four, six and the rest. */
const CARD =
  /(?<![\p{N}+])[2-6](?:\d{12,18}|\d{3}(?<gap>[ \u00a0.\-–])\d{4}\k<gap>\d{4}\k<gap>\d{1,4}(?:\k<gap>\d{1,3})?|\d{3}(?<long>[ \u00a0.\-–])\d{6}\k<long>\d{4,5})(?!\p{N})/gu;

/**
 * Hides payment card numbers but for the last four digits. Meta's WhatsApp policy keeps full card numbers out of
 * conversations, and a model that is asked to repeat one may do it.
 */
export function hideCardNumbers(text: string): string {
  return text.replace(CARD, (written) => {
    const digits = written.replaceAll(/\D/g, '');
    return isCardNumber(digits) ? `•••• ${digits.slice(-4)}` : written;
  });
}

/** Whether the check digit is right (ISO/IEC 7812, Luhn): nine out of ten numbers that belong to no card fail it. */
function isCardNumber(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const doubled = place % 2 === 1 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
