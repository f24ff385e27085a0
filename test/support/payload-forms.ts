import { PAYLOAD_FIELDS } from '../../domain/inventory.ts';
import type { PlainForm } from '../../domain/inventory.ts';

const FORMS: Record<Exclude<PlainForm, 'fields'>, (value: unknown) => boolean> = {
  'name that a provider gave a request': (value) =>
    value === null || (typeof value === 'string' && /^[\w-]{1,80}$/.test(value)),
  'random id': (value) =>
    typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  count: (value) => value === null || Number.isSafeInteger(value),
  milliseconds: (value) => value === null || typeof value === 'number',
  time: (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  'fixed word': (value) =>
    value === null || (typeof value === 'string' && /^[a-z][a-z ,]{0,40}$/.test(value)),
  'yes or no': (value) => typeof value === 'boolean',
};

/** What is in a payload that the inventory does not allow, as field names. */
export function unknownFields(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(unknownFields);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => unknownIn(name, part));
}

function unknownIn(name: string, part: unknown): string[] {
  const form = (PAYLOAD_FIELDS as Record<string, PlainForm | undefined>)[name];
  if (form === undefined) return [name];
  const values: unknown[] = Array.isArray(part) ? part : [part];
  if (form === 'fields')
    return values.every(isObject) ? unknownFields(values) : [`${name} is no object`];
  return values.every(FORMS[form]) ? [] : [`${name} is no ${form}`];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Temporal keeps notes of its own on failures and local activities in payloads: fixed text of ours, names and times. */
export function isTemporalsOwn(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ('stack_trace' in value || 'activity_type' in value)
  );
}
