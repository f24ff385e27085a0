/** A country where WhatsApp's id of a person and the number that people dial can differ. */
interface Country {
  name: string;
  /** The one spelling that stands for the person, from any other: a pattern and what it becomes. */
  toKey: readonly (readonly [RegExp, string])[];
  /** The other spellings of a number that is written that way. */
  fromKey: readonly (readonly [RegExp, string])[];
  /** Where it can be read. */
  sources: readonly string[];
}

/**
 * Each row joins only numbers that cannot belong to two people: what is left out or put in is fixed by the country's
 * numbering plan, and the digits around it say that it is this kind of number. A Brazilian landline has eight digits too,
 * but begins with 2 to 5, and gets no ninth.
 */
export const COUNTRIES_WITH_SPELLINGS: readonly Country[] = [
  {
    name: 'Brazil: the ninth digit of mobile numbers, which WhatsApp leaves out for most areas',
    toKey: [[/^\+55(?<area>[1-9]\d)(?<rest>[6-9]\d{7})$/, '+55$<area>9$<rest>']],
    fromKey: [[/^\+55(?<area>[1-9]\d)9(?<rest>[6-9]\d{7})$/, '+55$<area>$<rest>']],
    sources: [
      'https://github.com/chatwoot/chatwoot/pull/14264',
      'https://green-api.com/en/docs/faq/features-of-sending-and-receiving-messages-from-different-countries/',
    ],
  },
  {
    name: 'Mexico: the 1 after 52, which is not dialled since 2019 and which WhatsApp keeps',
    toKey: [[/^\+521(?<rest>[2-9]\d{9})$/, '+52$<rest>']],
    fromKey: [[/^\+52(?<rest>[2-9]\d{9})$/, '+521$<rest>']],
    sources: [
      'https://github.com/chatwoot/chatwoot/issues/14048',
      'https://github.com/chatwoot/chatwoot/pull/14174',
    ],
  },
  {
    // Mobile and fixed numbers share one plan of ten digits there, so the 9 does not tell two people apart.
    name: 'Argentina: the 9 after 54 of mobile numbers, which is left out as often, and the 15 dialled at home',
    toKey: [
      [/^\+54(?<rest>[1-3]\d{9})$/, '+549$<rest>'],
      [/^\+549?(?<area>11)15(?<rest>\d{8})$/, '+549$<area>$<rest>'],
      [/^\+549?(?<area>[23]\d{2})15(?<rest>\d{7})$/, '+549$<area>$<rest>'],
      [/^\+549?(?<area>[23]\d{3})15(?<rest>\d{6})$/, '+549$<area>$<rest>'],
    ],
    fromKey: [[/^\+549(?<rest>[1-3]\d{9})$/, '+54$<rest>']],
    sources: [
      'https://github.com/chatwoot/chatwoot/issues/13932',
      'https://github.com/devlikeapro/waha/pull/2260',
      'https://support.toku.co/hc/en-us/articles/28286847786649-Identifying-an-Argentina-Mobile-number',
    ],
  },
  {
    name: 'Benin: 01 before each number since 30 November 2024',
    toKey: [[/^\+229(?<rest>[2-9]\d{7})$/, '+22901$<rest>']],
    fromKey: [[/^\+22901(?<rest>[2-9]\d{7})$/, '+229$<rest>']],
    sources: [
      'https://github.com/floere/phony/pull/535',
      'https://github.com/mobi/telephone_number/issues/138',
    ],
  },
  {
    // The operator's two digits follow from the old number. A newer number with other digits never had eight.
    name: "Côte d'Ivoire: 01, 05 or 07 before each mobile number since 31 January 2021",
    toKey: [
      [/^\+225(?<rest>(?:0[1-3]|[457][0-3])\d{6})$/, '+22501$<rest>'],
      [/^\+225(?<rest>(?:0[4-6]|[4-9][4-6])\d{6})$/, '+22505$<rest>'],
      [/^\+225(?<rest>(?:0[7-9]|[4-8][7-9]|9[78])\d{6})$/, '+22507$<rest>'],
    ],
    fromKey: [
      [/^\+22501(?<rest>(?:0[1-3]|[457][0-3])\d{6})$/, '+225$<rest>'],
      [/^\+22505(?<rest>(?:0[4-6]|[4-9][4-6])\d{6})$/, '+225$<rest>'],
      [/^\+22507(?<rest>(?:0[7-9]|[4-8][7-9]|9[78])\d{6})$/, '+225$<rest>'],
    ],
    sources: [
      'https://github.com/devlikeapro/waha/issues/1894',
      'https://support.whapi.cloud/help-desk/faq/specifics-of-sending-messages-to-numbers-of-different-countries',
      'https://github.com/aurellemeless/cipnn/blob/master/src/constants.js',
    ],
  },
];

/** The one spelling that stands for the person behind a number in E.164 with `+`. Most numbers have no other. */
export function whatsAppNumberKey(number: string): string {
  for (const { toKey } of COUNTRIES_WITH_SPELLINGS)
    for (const [spelling, key] of toKey)
      if (spelling.test(number)) return number.replace(spelling, key);
  return number;
}

/** Every spelling of a number that means the same person, the one that stands for them first. */
export function whatsAppSpellings(number: string): [string, ...string[]] {
  const key = whatsAppNumberKey(number);
  const others = COUNTRIES_WITH_SPELLINGS.flatMap(({ fromKey }) =>
    fromKey.flatMap(([spelling, other]) =>
      spelling.test(key) ? [key.replace(spelling, other)] : [],
    ),
  );
  return [key, ...others];
}

/** Whether two numbers in E.164 mean one person on WhatsApp. */
export function isSameWhatsAppNumber(one: string, other: string): boolean {
  return whatsAppNumberKey(one) === whatsAppNumberKey(other);
}
