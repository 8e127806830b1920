/** The page of a running host. Starts it; what it shows is in view/, what it knows in model/. */
import { render } from 'preact';
import { Api } from './model/api.ts';
import { StreamReader } from './model/connection.ts';
import { takeAddress } from './model/kept-token.ts';
import { Model } from './model/model.ts';
import type { Clock } from './model/wish.ts';
import { App } from './view/app.tsx';
import { Preferences } from './view/preferences.ts';

const clock: Clock = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

const app = document.querySelector('#app');
if (app === null) throw new Error('the page has no place for the app');

const model = new Model(
  new Api(takeAddress(window), (url, init) => fetch(url, { ...init, cache: 'no-store' })),
  clock,
);
render(<App model={model} preferences={new Preferences(document.documentElement)} />, app);
void new StreamReader(model.api, clock, model).run(new AbortController().signal);

// A link with another token that is put into the address of a page that is open.
addEventListener('hashchange', () => {
  location.reload();
});
