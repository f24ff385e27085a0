import type { Request } from 'express';

/** Whether to answer with a page for a person: a browser names HTML first, a program names JSON or nothing. */
export function wantsPage(request: Request): boolean {
  return request.accepts(['json', 'html']) === 'html';
}
