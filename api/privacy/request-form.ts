import { z } from 'zod';
import { RIGHTS } from '../../domain/privacy-request.ts';
import { HANDLE_WORDS, NUMBER_WORDS } from '../../domain/account-words.ts';
import { readWrittenHandle } from '../../domain/instagram-handle.ts';
import { readWrittenNumber } from '../../lib/meta/written-number.ts';

const blankIsNothing = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (value) => (typeof value === 'string' && value.trim() === '' ? undefined : value),
    schema.optional(),
  );

/** What a person may say when they make a request, as JSON or as a form. At least one account is named. */
export const requestForm = z
  .object({
    right: z.enum(RIGHTS, { error: `must be one of: ${RIGHTS.join(', ')}` }),
    instagram: blankIsNothing(
      z.string({ error: 'must be text' }).transform((written, context) => {
        const read = readWrittenHandle(written);
        if ('handle' in read) return read.handle;
        context.addIssue({ code: 'custom', message: HANDLE_WORDS[read.problem] });
        return z.NEVER;
      }),
    ),
    whatsapp: blankIsNothing(
      z.string({ error: 'must be text' }).transform((written, context) => {
        const read = readWrittenNumber(written);
        if ('number' in read) return read.number;
        context.addIssue({ code: 'custom', message: NUMBER_WORDS[read.problem] });
        return z.NEVER;
      }),
    ),
    description: blankIsNothing(
      z.string({ error: 'must be text' }).max(2000, 'must be 2000 characters at most'),
    ),
    reply_to: blankIsNothing(
      z
        .string({ error: 'must be text' })
        .trim()
        .max(254, 'must be a mail address')
        .pipe(z.email('must be a mail address, such as name@example.com')),
    ),
  })
  .refine(({ instagram, whatsapp }) => instagram !== undefined || whatsapp !== undefined, {
    path: ['instagram'],
    error: 'name an Instagram handle, a WhatsApp number, or both',
  });

/** What is wrong with a mail address where no mail is sent. */
export const NO_MAIL =
  'answers by mail are not offered here; leave it out, and keep the address of the status page';

/** One field at fault, and what it must be; what was entered is not repeated. */
export interface FieldError {
  field: string;
  detail: string;
}

export function errorsOf(error: z.ZodError): FieldError[] {
  return error.issues.map(({ path, message }) => ({ field: path.join('.'), detail: message }));
}
