import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Page } from './page.ts';
import { Problem } from './problem.tsx';
import { SHORTCUTS } from '../model/shortcut-list.ts';
import { useCommand } from './use-command.ts';

export function Dialogs({ page }: { readonly page: Page }) {
  switch (page.dialog.value) {
    case 'keys':
      return <Keys page={page} />;
    case 'stop':
      return <Stop page={page} />;
    case 'mark':
      return <Mark page={page} />;
    case 'certificate':
      return <Certificate page={page} />;
    case null:
      return null;
  }
}

interface ModalProps {
  readonly page: Page;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** The browser's own: it keeps the focus inside, gives it back, and Escape closes it. */
function Modal({ page: { dialog }, title, children }: ModalProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby="dialog-title"
      onClose={() => {
        dialog.value = null;
      }}
      onClick={(event) => {
        if (event.target === element.current) element.current?.close();
      }}
    >
      <div class="dialog-body">
        <h2 id="dialog-title">{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

function Close({ page: { dialog }, text = 'Close' }: { readonly page: Page; readonly text?: string }) {
  return (
    <button
      type="button"
      onClick={() => {
        dialog.value = null;
      }}
    >
      {text}
    </button>
  );
}

function Keys({ page }: { readonly page: Page }) {
  return (
    <Modal page={page} title="Keys">
      <dl class="shortcuts">
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-actions">
        <Close page={page} />
      </div>
    </Modal>
  );
}

function Stop({ page }: { readonly page: Page }) {
  const { error, isUnderWay, give } = useCommand(page.model);
  return (
    <Modal page={page} title="Stop the run?">
      <p>All VMs end, and the host writes its results. What was played can still be saved before that.</p>
      <Problem refused={error.value} />
      <div class="dialog-actions">
        <Close page={page} text="Keep running" />
        <button
          type="button"
          class="danger"
          disabled={isUnderWay.value}
          onClick={() =>
            void give({ command: 'stop' }).then((change) => {
              if (change !== null) page.dialog.value = null;
            })
          }
        >
          Stop the run
        </button>
      </div>
    </Modal>
  );
}

function Mark({ page }: { readonly page: Page }) {
  const { error, isUnderWay, give } = useCommand(page.model);
  const text = useRef<HTMLInputElement>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const written = text.current?.value.trim() ?? '';
    const change = await give({ command: 'mark', text: written === '' ? 'mark' : written });
    if (change !== null) page.dialog.value = null;
  };
  return (
    <Modal page={page} title="Mark this instant">
      <form onSubmit={(event) => void submit(event)}>
        <label class="wide">
          <span>text</span>
          <input ref={text} id="mark-text" type="text" autocomplete="off" placeholder="mark" maxLength={60} />
        </label>
        <Problem refused={error.value} />
        <div class="dialog-actions">
          <Close page={page} text="Cancel" />
          <button type="submit" class="primary" disabled={isUnderWay.value}>
            Mark
          </button>
        </div>
      </form>
    </Modal>
  );
}

function Certificate({ page }: { readonly page: Page }) {
  const certificate = page.model.state.value?.certificate ?? null;
  return (
    <Modal page={page} title="How far the numbers can be trusted">
      {certificate === null ? (
        <p>Nothing is known yet.</p>
      ) : (
        <>
          <p class={`verdict-${certificate.verdict}`}>
            <strong>{certificate.verdict}</strong>
          </p>
          <ul>
            {certificate.sentences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      <div class="dialog-actions">
        <Close page={page} />
      </div>
    </Modal>
  );
}
