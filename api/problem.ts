import type { Response } from 'express';

/** An error as RFC 9457 describes it. `detail` says what to do, and never repeats what was sent. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
}

export function sendProblem(response: Response, { status, title, detail }: Problem): void {
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, status, detail }));
}
