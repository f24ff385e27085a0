import { z } from 'zod';
import { RIGHTS } from '../../domain/privacy-request.ts';
import { phoneNumber } from '../../lib/meta/phone-number.ts';

const HANDLE = /^[a-z0-9._]{1,30}$/;

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
      z
        .string({ error: 'must be text' })
        .transform((handle) => handle.normalize('NFKC').trim().replace(/^@/, '').toLowerCase())
        .refine((handle) => HANDLE.test(handle), 'must be an Instagram handle, such as @example'),
    ),
    whatsapp: blankIsNothing(
      z
        .string({ error: 'must be text' })
        .transform((number) => phoneNumber(number.normalize('NFKC').trim()) ?? '')
        .refine(
          (number) => number !== '',
          'must be a phone number with its country code, such as +1 555 010 0000',
        ),
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
