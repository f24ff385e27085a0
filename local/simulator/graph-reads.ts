import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { invalidParameter, noSuchObject } from './graph-answers.ts';
import type { GraphAnswer } from './graph-answers.ts';
import type { InstagramPerson } from './people.ts';
import type { Message, Phone, Phones } from './phones.ts';
import type { Wire } from './wire.ts';

const PROFILE_FIELDS = ['id', 'name', 'username'] as const;
const fieldsQuery = z
  .string()
  .optional()
  .transform((list) => (list === undefined ? [...PROFILE_FIELDS] : list.split(',')))
  .pipe(z.array(z.enum(PROFILE_FIELDS)));

/** Source: Instagram API with Instagram Login, user profile. `id` is always among what is told. */
export function profileRoute(phones: Phones): RequestHandler {
  return (request: Request, response: Response) => {
    const person = findInstagram(phones, request.params['person'])?.person;
    if (!person) return sendGraph(response, noSuchObject());
    const fields = fieldsQuery.safeParse(request.query['fields']).data;
    if (!fields) {
      return sendGraph(
        response,
        invalidParameter('instagram', 'Tried accessing nonexisting field'),
      );
    }
    const { scopedId: id, name, username } = person;
    const known = { id, name, username };
    const told = fields.map((field) => [field, known[field]]);
    sendGraph(response, { status: 200, body: { ...Object.fromEntries(told), id } });
  };
}

/** Details are shown of this many messages, the newest ones. */
const SHOWN_AT_MOST = 20;
const threadQuery = z.object({ platform: z.literal('instagram'), user_id: z.string() });

/**
 * The thread with one person. Source: Instagram API with Instagram Login, Conversations. All the fields that can be asked
 * for are always told.
 */
export function threadRoute(deps: { phones: Phones; wire: Wire; account: string }): RequestHandler {
  return (request, response) => {
    if (request.params['account'] !== deps.account) return sendGraph(response, noSuchObject());
    const query = threadQuery.safeParse(request.query).data;
    if (!query) {
      return sendGraph(
        response,
        invalidParameter('instagram', 'platform and user_id are required'),
      );
    }
    const found = findInstagram(deps.phones, query.user_id);
    const phone = found?.id ?? null;
    const end = deps.wire.begin({
      channel: 'instagram',
      phone,
      route: 'graph',
      what: 'thread read',
    });
    const data = found === undefined ? [] : [threadOf(found, deps.account)];
    sendGraph(response, { status: 200, body: { data } });
    end(200);
  };
}

function threadOf({ id, person, messages }: InstagramPhone, account: string): object {
  const shown = messages.filter(({ kind }) => kind === 'text' || kind === 'image');
  const newest = shown.toReversed().slice(0, SHOWN_AT_MOST);
  const data = newest.map((message) => entryOf(message, person, account));
  return { id, messages: { data } };
}

function entryOf(
  { providerId, at, from, text }: Message,
  person: InstagramPerson,
  account: string,
) {
  const isFromPerson = from === 'person';
  const sender = isFromPerson
    ? { id: person.scopedId, username: person.username }
    : { id: account };
  return { id: providerId, created_time: at.toISOString(), from: sender, message: text };
}

type InstagramPhone = Phone & { person: InstagramPerson };

function findInstagram(phones: Phones, scopedId: unknown): InstagramPhone | undefined {
  return phones
    .all()
    .filter((phone): phone is InstagramPhone => phone.person.channel === 'instagram')
    .find(({ person }) => person.scopedId === scopedId);
}

export function sendGraph(response: Response, { status, body, headers = {} }: GraphAnswer): void {
  response.status(status).set(headers).json(body);
}
