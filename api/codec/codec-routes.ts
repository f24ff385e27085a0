import { json, Router } from 'express';
import type { Request, RequestHandler } from 'express';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import type { StaffRole } from '../../domain/staff.ts';
import { SealBroken } from '../../lib/crypto/envelope.ts';
import { isThisMachine } from '../../lib/oidc/safe-address.ts';
import type { Database } from '../../store/database.ts';
import { appendReading } from '../../store/ledger/ledger.ts';
import { inTransaction } from '../../store/transaction.ts';
import { sendProblem } from '../http/problem.ts';
import type { StaffDoor, StaffHandler } from '../staff/staff-door.ts';

export interface CodecRouteDeps {
  db: Database;
  codec: PayloadCodec;
  door: StaffDoor;
  /** Where Temporal's UI is: of all pages in a browser, only its own may ask here. */
  uiUrl: string;
  /**
   * Whether a request comes from the machine whose users count as staff: the UI there has no token to send. Null in
   * production.
   */
  isStaffMachine: ((request: Request) => boolean) | null;
}

const READERS: readonly StaffRole[] = ['privacy', 'operator', 'auditor'];
const SENT_BY_UI = 'content-type, x-namespace, authorization, authorization-extras';

const parse = json({ limit: '8mb' });
const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const body = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() }))
    .max(10_000)
    // Temporal's command line asks with `{}` when a query has no arguments.
    .default([]),
});

/**
 * Temporal's codec protocol: what Temporal's UI shows of arguments, results, summaries and details is opened here, for
 * staff alone, and each reader is noted in the ledger, once an hour.
 */
export function codecRoutes(deps: CodecRouteDeps): Router {
  const router = Router();
  for (const work of ['decode', 'encode'] as const) {
    const handle = codecHandler(deps, work);
    const path = `/codec/${work}`;
    router.options(path, allowUi(deps), (_request, response) => void response.status(204).end());
    const { isStaffMachine } = deps;
    if (isStaffMachine === null) {
      router.post(path, allowUi(deps), deps.door(READERS, handle));
    } else {
      const act: RequestHandler = (request, response) =>
        handle(request, response, { by: null, roles: READERS });
      router.post(path, onMachine(isStaffMachine), allowUi(deps), act);
    }
  }
  return router;
}

function onMachine(isStaffMachine: (request: Request) => boolean): RequestHandler {
  return (request, response, next) => {
    if (isStaffMachine(request)) return next();
    const detail = 'What is sealed is opened on this machine only, as 127.0.0.1.';
    sendProblem(response, { status: 403, title: 'Not for this address', detail });
  };
}

/** A page of another origin gets nothing; programs other than browsers name no origin. */
function allowUi({ uiUrl }: CodecRouteDeps): RequestHandler {
  return (request, response, next) => {
    const origin = request.get('origin');
    response.set('cache-control', 'no-store').vary('origin');
    if (origin === undefined) return next();
    if (!isUi(origin, uiUrl)) {
      const detail = "Only pages of Temporal's UI may ask here.";
      return sendProblem(response, { status: 403, title: 'Not from here', detail });
    }
    response.set({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': SENT_BY_UI,
    });
    next();
  };
}

/** This machine has several names, and a person may have typed any of them. */
function isUi(origin: string, uiUrl: string): boolean {
  if (!URL.canParse(origin)) return false;
  const [asking, ui] = [new URL(origin), new URL(uiUrl)];
  if (asking.origin === ui.origin) return true;
  return isThisMachine(origin) && isThisMachine(uiUrl) && asking.port === ui.port;
}

type Reader = Omit<Parameters<StaffHandler>[2], 'by'> & { by: string | null };

function codecHandler({ db, codec }: CodecRouteDeps, work: 'decode' | 'encode') {
  return async (
    request: Parameters<StaffHandler>[0],
    response: Parameters<StaffHandler>[1],
    { by }: Reader,
  ): Promise<void> => {
    // Only now: what strangers send is not read.
    await new Promise<void>((resolve, reject) => {
      parse(request, response, (error?: unknown) =>
        error === undefined ? resolve() : reject(error as Error),
      );
    });
    const given = body.safeParse(request.body ?? {});
    if (!given.success) {
      const detail = 'Send {"payloads":[…]} as Temporal writes payloads in JSON.';
      return sendProblem(response, { status: 400, title: 'Not understood', detail });
    }
    if (work === 'decode') {
      const read = { action: 'data read', details: { what: 'payload' } } as const;
      await inTransaction(db, (trx) =>
        appendReading(trx, { actorRole: 'staff', actor: by, ...read }),
      );
    }
    try {
      const payloads = await codec[work](given.data.payloads as Payload[]);
      response.json({ payloads: payloads.map(asJson) });
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      const detail = 'This was not sealed by this installation.';
      sendProblem(response, { status: 400, title: 'Not ours', detail });
    }
  };
}

function asJson({ metadata, data }: Payload) {
  const text = (bytes: Uint8Array | null | undefined) =>
    Buffer.from(bytes ?? []).toString('base64');
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, bytes]) => [name, text(bytes)]),
    ),
    data: text(data),
  };
}
