import { decodeJwt } from 'jose';
import { certificate } from '../../domain/certificate.ts';
import type { FoundRequest } from '../../lib/postgres/request-status.ts';

/** What is not ours to delete, or not at once, and when it is gone at the latest (policy D2). */
export interface Expiring {
  where: string;
  until: Date;
}

/** As the certificate says it, once there is one; before that, what is known of the request. */
export function expiringElsewhere({
  certificate: jws,
  expiring_until: until,
}: Pick<FoundRequest, 'certificate' | 'expiring_until'>): Expiring[] {
  if (jws !== undefined) {
    // It is our own, from our own database: the person checks the signature, not this page.
    const statement = certificate.parse(decodeJwt(jws));
    return statement.expiring_elsewhere.map((one) => ({ ...one, until: new Date(one.until) }));
  }
  return until === null ? [] : [{ where: 'log of the AI provider', until }];
}
