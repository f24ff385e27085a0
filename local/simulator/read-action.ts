import type { RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { sendProblem } from '../../api/http/problem.ts';

/** Handles a body that fits the schema, and answers 422 to any other. */
export function readAction<Body>(
  schema: z.ZodType<Body>,
  handle: (body: Body, response: Response) => void | Promise<void>,
): RequestHandler {
  return (request, response) => {
    const parsed = schema.safeParse(request.body);
    if (parsed.success) return handle(parsed.data, response);
    const detail =
      'The body must have the fields of this action, with a text of 1 to 4096 characters.';
    return sendProblem(response, { status: 422, title: 'Not usable', detail });
  };
}
