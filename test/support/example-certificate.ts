import type { CertificateStatement } from '../../domain/certificate.ts';

/** What a certificate of one erasure says, as the tests of issuing, verifying and showing it use it. */
export function exampleStatement(): CertificateStatement {
  return {
    certificate_id: '0d3c1f6e-58a1-4b0e-9a55-2f3b6a1c7e10',
    issuer: { company: 'Example Bakery', url: 'https://chat.example.com' },
    issued_at: '2026-11-24T12:00:05.250Z',
    request: {
      id: '7c9f3a52-1d59-4b3e-9c55-0a6f3a0f5f11',
      received_at: '2026-11-22T08:15:00.000Z',
      due_at: '2026-11-25T08:15:00.000Z',
      right: 'erasure',
      intake: 'chat',
    },
    erased: [
      { store: 'deliveries', count: 12 },
      { store: 'messages', count: 30 },
      { store: 'subjects', count: 1 },
    ],
    keys_destroyed: { buckets: 3, at: '2026-11-24T12:00:03.000Z' },
    rescan: {
      at: '2026-11-24T12:00:04.000Z',
      found: [
        { store: 'deliveries by subject id', count: 0 },
        { store: 'messages by subject id', count: 0 },
      ],
    },
    expiring_elsewhere: [{ where: 'log of the AI provider', until: '2026-12-24T12:00:00.000Z' }],
    ledger: { position: 41, hash: 'ab'.repeat(32) },
  };
}
