import { decodeJwt } from 'jose';
import { certificate } from '../../domain/certificate.ts';
import type { Certificate } from '../../domain/certificate.ts';
import type { FoundRequest } from '../../store/requests/request-status.ts';

/** What is not ours to delete, or not at once, and by when it is gone (policy D2). */
export interface Expiring {
  where: string;
  until: Date;
}

/** Where others may keep something for a time that we were not told; known once the certificate says it. */
export function keptElsewhere({ certificate: jws }: Pick<FoundRequest, 'certificate'>): string[] {
  if (jws === undefined) return [];
  return (statementOf(jws).kept_elsewhere ?? []).map(({ where }) => where);
}

/** As the certificate says it, once there is one; before that, what is known of the request. */
export function expiringElsewhere({
  certificate: jws,
  expiring_until: until,
}: Pick<FoundRequest, 'certificate' | 'expiring_until'>): Expiring[] {
  if (jws !== undefined) {
    const { expiring_elsewhere: expiring } = statementOf(jws);
    return expiring.map((one) => ({ ...one, until: new Date(one.until) }));
  }
  return until === null ? [] : [{ where: 'log of the AI provider', until }];
}

/** It is our own, from our own database: the person checks the signature, not this page. */
function statementOf(jws: string): Certificate {
  return certificate.parse(decodeJwt(jws));
}
