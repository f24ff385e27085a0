import type { Response } from 'express';
import type { z } from 'zod';
import { errorsOf } from '../privacy/request-form.ts';
import type { FieldError } from '../privacy/request-form.ts';

/** What a body says, or null when it was not understood and has been answered accordingly. */
export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  response: Response,
): z.output<Schema> | null {
  const form = schema.safeParse(body ?? {});
  if (form.success) return form.data;
  answerFieldErrors(response, errorsOf(form.error));
  return null;
}

/** 422 with the fields at fault; what was sent is not repeated. */
export function answerFieldErrors(response: Response, errors: readonly FieldError[]): void {
  const detail = errors.map(({ field, detail: what }) => `${field}: ${what}`).join('; ');
  const problem = { type: 'about:blank', title: 'Not understood', status: 422, detail, errors };
  response.status(422).type('application/problem+json').send(JSON.stringify(problem));
}
