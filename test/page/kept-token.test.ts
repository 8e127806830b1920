import assert from 'node:assert/strict';
import { takeAddress } from '../../src/page/model/kept-token.ts';

/** A tab, and the address that it shows. */
function tab(href: string, stored = new Map<string, string>()) {
  const location = { href };
  return {
    location,
    stored,
    history: {
      replaceState: (_data: null, _title: '', url: string) => {
        location.href = url;
      },
    },
    sessionStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    },
  };
}

describe("a link's token", () => {
  it('disappears from the address, and is still there when the page is loaded again', () => {
    const first = tab('http://127.0.0.1:7300/#token=secret');
    const address = { base: 'http://127.0.0.1:7300/', token: 'secret' };
    assert.deepEqual(takeAddress(first), address);
    assert.equal(first.location.href, 'http://127.0.0.1:7300/');
    assert.deepEqual(takeAddress(tab(first.location.href, first.stored)), address);
  });

  it('gives way to that of another link', () => {
    const { stored } = tab('', new Map([['creditlab-token', 'old']]));
    assert.equal(takeAddress(tab('http://h/#token=new', stored)).token, 'new');
    assert.equal(takeAddress(tab('http://h/', stored)).token, 'new');
  });

  it('stays in the address in a browser that keeps nothing', () => {
    const closed = {
      location: { href: 'http://h/#token=x' },
      history: { replaceState: () => assert.fail('it would be lost') },
      get sessionStorage(): never {
        throw new Error('the user forbids it');
      },
    };
    assert.equal(takeAddress(closed).token, 'x');
  });

  it('is none where there never was one', () => {
    assert.equal(takeAddress(tab('http://h/')).token, null);
  });
});
