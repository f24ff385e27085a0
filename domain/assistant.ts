import { z } from 'zod';

/** The languages that Mayfly's own fixed messages exist in, as BCP-47 codes. The model may know more. */
export const LANGUAGES = ['en', 'de', 'es', 'pt', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A piece of the business's knowledge. `source` is the file it came from, relative to the knowledge folder. */
export interface Passage {
  title: string;
  text: string;
  source: string;
}

const RANGE = /^([01]\d|2[0-3]):([0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

const range = z
  .string({ error: 'write the range as text, such as "09:00-17:30"' })
  .regex(RANGE, { error: 'write the range as "09:00-17:30", in 24-hour time', abort: true })
  .transform((text) => ({ opens: text.slice(0, 5), closes: text.slice(6) }))
  .refine(({ opens, closes }) => opens < closes, {
    error: 'close later than you open; a night that passes 24:00 is two ranges on two days',
  });

const day = z
  .array(range, { error: 'list ranges such as ["09:00-17:30"], or leave the day out if closed' })
  .max(6, { error: 'list at most 6 ranges' })
  .refine((ranges) => ranges.every(({ closes }, i) => closes <= (ranges[i + 1]?.opens ?? closes)), {
    error: 'put the ranges in order, without overlap',
  })
  .default([]);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** When the business is open, on the clock of its own time zone. */
export const openingHours = z.strictObject(
  {
    timezone: z
      .string({ error: 'give the time zone, such as "Europe/Lisbon"' })
      .refine(isTimeZone, { error: 'use a time zone of the IANA list, such as "Europe/Lisbon"' }),
    monday: day,
    tuesday: day,
    wednesday: day,
    thursday: day,
    friday: day,
    saturday: day,
    sunday: day,
  },
  { error: (issue) => unknownKey(issue, 'give a timezone and the days on which you are open') },
);

const accountIds = z
  .array(
    z
      .string({ error: 'put the id in quotes: as a number it loses digits' })
      .regex(/^\d{1,32}$/, { error: "write the account's id, digits only" }),
    { error: 'list account ids' },
  )
  .max(100, { error: 'list at most 100 accounts' })
  .default([]);

const accounts = z.strictObject(
  { instagram: accountIds, whatsapp: accountIds },
  { error: (issue) => unknownKey(issue, 'list ids under instagram and whatsapp') },
);

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * The assistant file, parsed from YAML: who the assistant is and what it may say.
 * Every message says what to do, since an operator reads it beside the line it is about.
 */
export const assistantFile = z.strictObject(
  {
    persona: z
      .string({ error: 'describe in a few sentences who the assistant is and how it speaks' })
      .trim()
      .min(1, { error: 'describe in a few sentences who the assistant is and how it speaks' })
      .max(4000, { error: 'shorten it to 4000 characters' }),
    /** The first is the default, used when the person's own cannot be told. */
    languages: z
      .array(z.enum(LANGUAGES, { error: `use one of ${LANGUAGES.join(', ')}` }), {
        error: 'list the languages, the default first, such as [en, es]',
      })
      .min(1, { error: 'list at least one language' })
      .refine((codes) => new Set(codes).size === codes.length, {
        error: 'list each language once',
      }),
    /** A folder of Markdown files, relative to the assistant file. */
    knowledge: z
      .string({ error: 'name the folder of Markdown files, such as "knowledge"' })
      .min(1, { error: 'name the folder of Markdown files, such as "knowledge"' })
      .refine((path) => !/^(?:[/\\]|[A-Za-z]:)/.test(path), {
        error: 'name the folder relative to this file',
      }),
    /** A day that is left out is closed. Without hours, the assistant knows only what the knowledge says. */
    hours: openingHours.nullable().default(null),
    /** The accounts this assistant answers for, by Meta's ids. Without it, every account whose webhooks arrive. */
    accounts: accounts.nullable().default(null),
    /** The only domains a reply may link to, subdomains included. Without it, links are not checked. */
    links: z
      .array(
        z
          .string({ error: 'write a domain, such as example.com' })
          .regex(DOMAIN, { error: 'write a bare domain in lower case, such as example.com' }),
        { error: 'list domains, such as [example.com]' },
      )
      .max(100, { error: 'list at most 100 domains' })
      .nullable()
      .default(null),
  },
  { error: (issue) => unknownKey(issue, 'write a YAML map with persona, languages and knowledge') },
);

export type AssistantFile = z.infer<typeof assistantFile>;
export type OpeningHours = z.infer<typeof openingHours>;

function unknownKey(issue: { code: string }, otherwise: string): string {
  return issue.code === 'unrecognized_keys' ? 'remove it, there is no such setting' : otherwise;
}
