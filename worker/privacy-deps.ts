import { DAY_MS } from '../domain/durations.ts';
import type { Client } from '@temporalio/client';
import { createCertifyRequest } from '../activities/certify-request.ts';
import { createErasureActivities } from '../activities/erasure-activities.ts';
import { createKeyActivities } from '../activities/key-activities.ts';
import { createLedgerActivities } from '../activities/ledger-activities.ts';
import { createMailPerson } from '../activities/mail-person.ts';
import type { OwnWords } from '../activities/own-words.ts';
import { createPurgeActivities } from '../activities/purge-activities.ts';
import { createReconcileRequests } from '../activities/reconcile-requests.ts';
import { createRequestActivities } from '../activities/request-activities.ts';
import { createTellPerson } from '../activities/tell-person.ts';
import { BackupKeys, backupKeyFileOf } from '../lib/crypto/backup-keys.ts';
import type { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { openSigningKeys } from '../lib/crypto/signing-keys.ts';
import type { SubjectKeyCache } from '../lib/crypto/subject-key-cache.ts';
import { erasureListFileOf } from '../lib/erasure-list.ts';
import type { Log } from '../lib/log.ts';
import type { Mailer } from '../lib/mail/mailer.ts';
import type { GraphClient } from '../lib/meta/graph-client.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Database } from '../store/database.ts';
import type { People } from '../store/people/people.ts';
import { Tombstones } from '../store/erasure/tombstones.ts';
import { NOBODY_WAITS_MS } from '../lib/temporal/ask-within.ts';
import { createPrivacyRequests } from '../lib/temporal/privacy-requests.ts';

/** What the activities of the privacy namespace are made of. */
export interface PrivacyParts {
  db: Database;
  people: People;
  ring: FileKeyRing;
  cache: SubjectKeyCache;
  graph: GraphClient;
  mailer: Mailer | null;
  words: OwnWords;
  conversations: Client;
  privacy: Client;
  metrics: Metrics;
  log: Log;
  settings: {
    COMPANY_NAME: string;
    PUBLIC_URL: string;
    SIGNING_KEY_FILE: string;
    ROOT_KEY_FILE: string;
    BACKUP_KEY_FILE?: string | undefined;
    KEY_RING_FILE: string;
    ERASURE_LIST_FILE?: string | undefined;
    LLM_RETENTION_DAYS: number;
    SMTP_URL?: string | undefined;
  };
  checkpointFile: string;
}

/** Everything that workflows of the privacy namespace may do to the world. */
export function createPrivacyActivities(parts: PrivacyParts) {
  const {
    db,
    people,
    ring,
    cache,
    graph,
    mailer,
    words,
    conversations,
    privacy,
    metrics,
    log,
    settings,
  } = parts;
  const keys = openSigningKeys(settings);
  const tombstones = new Tombstones(ring);
  const backupKeys = new BackupKeys(backupKeyFileOf(settings));
  const requests = createPrivacyRequests(privacy, { answerWithinMs: NOBODY_WAITS_MS });
  return {
    ...createKeyActivities({ db, ring, backupKeys }),
    ...createLedgerActivities({ db, keys, checkpointFile: parts.checkpointFile }),
    ...createErasureActivities({
      db,
      ring,
      cache,
      tombstones,
      erasureListFile: erasureListFileOf(settings),
      conversations,
    }),
    ...createPurgeActivities({ db, ring, cache, conversations, metrics, log }),
    ...createReconcileRequests({ db, requests, tombstones, log }),
    ...createRequestActivities({
      db,
      people,
      ring,
      tombstones,
      privacy,
      modelRetentionMs: settings.LLM_RETENTION_DAYS * DAY_MS,
      certify: createCertifyRequest({
        ...{ db, keys, backupKeys, people },
        issuer: { company: settings.COMPANY_NAME, url: settings.PUBLIC_URL },
        mailsLeave: settings.SMTP_URL !== undefined,
      }),
      tellPerson: createTellPerson({ db, people, tombstones, graph, words, log }),
      mailPerson: createMailPerson({
        db,
        people,
        mailer,
        words,
        publicUrl: settings.PUBLIC_URL,
        metrics,
        log,
      }),
      log,
    }),
  };
}
