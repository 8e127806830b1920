import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { randomToken, TokenAccess } from '../../src/serve/access.ts';

const TOKENS = { all: randomToken(), read: randomToken() };
const local = new TokenAccess(TOKENS, '127.0.0.1');
const everywhere = new TokenAccess(TOKENS, '0.0.0.0');

const refuses = (access: TokenAccess, headers: Record<string, string>) => {
  assert.throws(() => {
    access.checkOrigin(headers);
  }, /another (host|page)/);
};

describe('a port on this machine alone', () => {
  for (const host of [
    '127.0.0.1:7300',
    'localhost:7300',
    'LocalHost:7300',
    '[::1]:7300',
    'localhost:9000',
    'localhost',
  ])
    it(`takes requests for ${host}`, () => {
      local.checkOrigin({ host });
      local.checkOrigin({ host, origin: `http://${host}` });
    });

  for (const host of [
    '',
    'evil.example:7300',
    'localhost.evil.example:7300',
    '127.0.0.1.evil.example:7300',
    '192.168.1.5:7300',
    `${hostname()}.example:7300`,
    '127.0.0.1@evil.example',
    'localhost:7300:7300',
    '[::1',
  ])
    it(`refuses requests for '${host}', as after DNS rebinding`, () => {
      refuses(local, { host });
    });

  it('refuses what other pages send, also those of other ports and of files', () => {
    const host = 'localhost:7300';
    for (const origin of [
      'http://evil.example',
      'http://localhost:8080',
      'https://localhost:7300',
      'null',
      '',
    ])
      refuses(local, { host, origin });
    refuses(local, { host, 'sec-fetch-site': 'cross-site' });
    refuses(local, { host, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' });
  });

  it('opens the page from a link elsewhere, and of its own accord', () => {
    const host = 'localhost:7300';
    const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    local.checkOrigin({ host, 'sec-fetch-site': 'cross-site', ...navigation });
    local.checkOrigin({ host, 'sec-fetch-site': 'none', ...navigation });
    local.checkOrigin({ host, 'sec-fetch-site': 'same-origin' });
  });
});

describe('a port for other machines', () => {
  it('is called by an address or by the name of this machine', () => {
    for (const host of ['192.168.1.5:7300', '[fe80::1]:7300', 'localhost:7300', `${hostname()}:7300`])
      everywhere.checkOrigin({ host });
    for (const host of ['evil.example:7300', `${hostname()}.evil.example`]) refuses(everywhere, { host });
  });
});

describe('a token', () => {
  it('gives all rights, or those of a reader', () => {
    assert.equal(local.rightsOf({ authorization: `Bearer ${TOKENS.all}` }), 'all');
    assert.equal(local.rightsOf({ authorization: `bearer ${TOKENS.read}` }), 'read');
  });

  it('must be there, and whole', () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${TOKENS.all}x`,
      `Basic ${TOKENS.all}`,
      TOKENS.all,
    ]) {
      assert.throws(() => local.rightsOf({ authorization }), { status: 401 }, authorization);
    }
    assert.throws(() => local.rightsOf({ cookie: `token=${TOKENS.all}` }), { status: 401 });
  });

  it('is still taken after many wrong ones, which are then refused more shortly', () => {
    const access = new TokenAccess(TOKENS, '127.0.0.1');
    const statuses = Array.from({ length: 500 }, () => {
      try {
        access.rightsOf({ authorization: `Bearer ${randomToken()}` });
        return 200;
      } catch (error) {
        return (error as { status: number }).status;
      }
    });
    assert.ok(statuses.filter((status) => status === 429).length > 300);
    assert.ok(!statuses.includes(200));
    assert.equal(access.rightsOf({ authorization: `Bearer ${TOKENS.all}` }), 'all');
  });
});
