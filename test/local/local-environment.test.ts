import { localEnvironment, type LocalFacts } from '../../local/local-environment.ts';
import { planLocal, standInsOf, type Environment } from '../../local/local-plan.ts';

const secrets = {
  whatsappAppSecret: 'made whatsapp app secret',
  instagramAppSecret: 'made instagram app secret',
  metaAppSecret: 'made meta app secret',
  whatsappVerifyToken: 'made whatsapp verify token',
  instagramVerifyToken: 'made instagram verify token',
  whatsappAccessToken: 'made whatsapp access token',
  instagramAccessToken: 'made instagram access token',
};
const ports = {
  api: 3100,
  workerHealth: 3101,
  temporal: 7333,
  temporalUi: 8333,
  postgres: 54_000,
  model: 3102,
};

function environmentOf(given: Environment): Record<string, string> {
  const facts: LocalFacts = {
    plan: planLocal(given),
    ports,
    secrets,
    dataDir: '/data',
    checkout: '/checkout',
  };
  return localEnvironment(given, facts);
}

describe('with nothing given', () => {
  it('everything is on this machine, and what is stood in for is said', () => {
    expect(environmentOf({})).toEqual({
      PORT: '3100',
      HOST: '127.0.0.1',
      PUBLIC_URL: 'http://127.0.0.1:3100',
      WORKER_HEALTH_PORT: '3101',
      DATA_DIR: '/data',
      COMPANY_NAME: 'Example Shop',
      CONTACT_EMAIL: 'privacy@example.com',
      ASSISTANT_FILE: '/checkout/assistant/assistant.yaml',
      KEY_RING_FILE: '/data/keys/key-ring',
      ROOT_KEY_FILE: '/data/keys/root-key',
      SIGNING_KEY_FILE: '/data/keys/signing-keys.json',
      TEMPORAL_ADDRESS: '127.0.0.1:7333',
      TEMPORAL_UI_URL: 'http://127.0.0.1:8333',
      TEMPORAL_CONVERSATIONS_NAMESPACE: 'conversations',
      TEMPORAL_PRIVACY_NAMESPACE: 'privacy',
      OIDC_ISSUER: 'http://127.0.0.1:3100/stand-in/identity',
      META_APP_SECRETS: 'made meta app secret',
      WHATSAPP_APP_SECRETS: 'made whatsapp app secret',
      WHATSAPP_VERIFY_TOKEN: 'made whatsapp verify token',
      WHATSAPP_ACCESS_TOKEN: 'made whatsapp access token',
      WHATSAPP_GRAPH_URL: 'http://127.0.0.1:3100/simulator/graph/v25.0',
      INSTAGRAM_APP_SECRETS: 'made instagram app secret',
      INSTAGRAM_VERIFY_TOKEN: 'made instagram verify token',
      INSTAGRAM_ACCESS_TOKEN: 'made instagram access token',
      INSTAGRAM_GRAPH_URL: 'http://127.0.0.1:3100/simulator/graph/v25.0',
      OPENAI_BASE_URL: 'http://127.0.0.1:3102/v1',
      OPENAI_API_KEY: 'stand-in',
      OPENAI_MODEL: 'stand-in',
      STAND_INS: 'meta,model,mail,staff',
    });
  });

  it('an empty setting is one that is not given', () => {
    expect(environmentOf({ DATABASE_URL: '', COMPANY_NAME: '', LLM_API: '' })).toEqual(
      environmentOf({}),
    );
  });
});

describe('a setting that is given', () => {
  it.each([
    ['DATABASE_URL', 'postgres'],
    ['TEMPORAL_ADDRESS', 'temporal'],
    ['OPENAI_API_KEY', 'model'],
    ['OPENAI_BASE_URL', 'model'],
    ['SMTP_URL', 'mail'],
    ['OIDC_ISSUER', 'staff'],
  ] as const)('%s replaces the part "%s" and that part alone', (name, part) => {
    const nothing = planLocal({});
    expect(planLocal({ [name]: 'given' })).toEqual({ ...nothing, [part]: false });
    expect(planLocal({ [`${name}_FILE`]: '/a/file' })).toEqual({ ...nothing, [part]: false });
    expect(environmentOf({ [name]: 'given' })[name]).toBe('given');
    expect(environmentOf({ [`${name}_FILE`]: '/a/file' })[name]).toBeUndefined();
  });

  it.each(['GRAPH_URL', 'ACCESS_TOKEN', 'APP_SECRETS'])(
    'of one channel, its %s, makes that channel real and leaves the other one simulated',
    (setting) => {
      const given = { [`WHATSAPP_${setting}`]: 'given' };
      expect(planLocal(given).simulated).toEqual({ whatsapp: false, instagram: true });
      const environment = environmentOf(given);
      expect(environment['WHATSAPP_GRAPH_URL']).toBe(setting === 'GRAPH_URL' ? 'given' : undefined);
      expect(environment['INSTAGRAM_GRAPH_URL']).toContain('/simulator/graph/');
      expect(environment['WHATSAPP_VERIFY_TOKEN']).toBe('made whatsapp verify token');
      expect(standInsOf(planLocal(given))).toContain('meta');
    },
  );

  it('for both channels leaves nothing of Meta simulated', () => {
    const given = { WHATSAPP_ACCESS_TOKEN: 'given', INSTAGRAM_ACCESS_TOKEN: 'given' };
    expect(environmentOf(given)['STAND_INS']).toBe('model,mail,staff');
  });

  it('by a file is not given a second value, which would win over the file', () => {
    const environment = environmentOf({ WHATSAPP_APP_SECRETS_FILE: '/a/file' });
    expect(environment['WHATSAPP_APP_SECRETS']).toBeUndefined();
    expect(environment['WHATSAPP_APP_SECRETS_FILE']).toBe('/a/file');
  });

  it("for a model of one's own needs no more than its address", () => {
    expect(environmentOf({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })).toMatchObject({
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      OPENAI_API_KEY: 'not-needed',
      OPENAI_MODEL: expect.any(String),
    });
  });

  it('leaves the address of the real model to the service when a key alone is given', () => {
    expect(environmentOf({ OPENAI_API_KEY: 'given' })['OPENAI_BASE_URL']).toBeUndefined();
  });

  it('for another Temporal server is kept away from the local one', () => {
    const given = { TEMPORAL_API_KEY: 'given', TEMPORAL_TLS_CERT_FILE: '/a/file' };
    expect(environmentOf(given)).toEqual(environmentOf({}));
    const remote = environmentOf({ ...given, TEMPORAL_ADDRESS: 'temporal.example.com:7233' });
    expect(remote).toMatchObject({ ...given, TEMPORAL_ADDRESS: 'temporal.example.com:7233' });
    expect(remote['TEMPORAL_UI_URL']).toBeUndefined();
  });

  it('that says what is stood in for is not believed', () => {
    expect(environmentOf({ STAND_INS: 'nothing' })['STAND_INS']).toBe('meta,model,mail,staff');
  });

  it('for a public address that is not this machine leaves nobody who says who is staff', () => {
    const given = { PUBLIC_URL: 'https://chat.example.com' };
    expect(planLocal(given)).toEqual({ ...planLocal({}), staff: false });
    expect(environmentOf(given)['OIDC_ISSUER']).toBeUndefined();
    expect(planLocal({ PUBLIC_URL: 'http://localhost:8080' }).staff).toBe(true);
  });

  it('that nobody here knows is passed on', () => {
    expect(environmentOf({ COLLECT_QUIET_MS: '0', PATH: '/bin' })).toMatchObject({
      COLLECT_QUIET_MS: '0',
      PATH: '/bin',
    });
  });
});
