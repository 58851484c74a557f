import type { Room } from 'covalence';
import type { CoRoom, CoTimeline, CoViewer } from 'covalence/components';
import { describe, expect, it } from 'vitest';
import { openPages } from './pages.ts';

const pages = openPages();

describe('finding the room', () => {
  it('[C50] property, `for` and surroundings, parsed before the elements are defined and before the room is there', async () => {
    const page = await pages.blank();
    const found = await page.evaluate(async () => {
      document.body.innerHTML = `
        <co-timeline id="given"></co-timeline>
        <co-timeline id="named" for="late"></co-timeline>
        <div id="place"><co-timeline id="inside"></co-timeline></div>
        <co-timeline id="alone"></co-timeline>`;
      const element = (id: string): CoTimeline => document.querySelector(`#${id}`)!;
      const [a, b, c] = await Promise.all([fixture.room(), fixture.room(), fixture.room()]);
      element('given').room = a;
      await fixture.define();
      const late = document.createElement('co-room') as CoRoom;
      late.id = 'late';
      document.body.append(late);
      late.room = b;
      const around = document.createElement('co-room') as CoRoom;
      around.room = c;
      document.querySelector('#place')!.append(around);
      around.append(element('inside'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const rooms: (Room | undefined)[] = [a, b, c, undefined];
      return ['given', 'named', 'inside', 'alone'].map((id) => rooms.indexOf(element(id).activeRoom));
    });
    expect(found).toEqual([0, 1, 2, 3]);
    await page.context().close();
  });

  it('[C50] the property wins over `for`, and `for` over the surroundings', async () => {
    const page = await pages.blank();
    const found = await page.evaluate(async () => {
      await fixture.define();
      document.body.innerHTML = `<co-room id="other"></co-room><co-room id="around"><co-timeline></co-timeline></co-room>`;
      const [a, b, c] = await Promise.all([fixture.room(), fixture.room(), fixture.room()]);
      document.querySelector<CoRoom>('#other')!.room = b;
      document.querySelector<CoRoom>('#around')!.room = c;
      const timeline = document.querySelector('co-timeline') as CoTimeline;
      const seen: number[] = [];
      const look = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push([a, b, c].indexOf(timeline.activeRoom!));
      };
      await look();
      timeline.for = 'other';
      await look();
      timeline.room = a;
      await look();
      timeline.room = undefined;
      timeline.for = undefined;
      await look();
      return seen;
    });
    expect(found).toEqual([2, 1, 0, 2]);
    await page.context().close();
  });
});

describe('coming and going', () => {
  it('[C51] a viewer that is moved, or taken out and put back, shows its frame again', async () => {
    const page = await pages.blank();
    const result = await page.evaluate(async () => {
      await fixture.define();
      const room = await fixture.room();
      document.body.innerHTML = `<div id="a" style="width:400px"></div><div id="b" style="width:300px"></div>`;
      const viewer = document.createElement('co-viewer') as CoViewer;
      viewer.room = room;
      document.querySelector('#a')!.append(viewer);
      await fixture.shown(viewer);
      const first = await viewer.toBlob();
      document.querySelector('#b')!.append(viewer);
      await fixture.shown(viewer);
      viewer.remove();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const isLetGo = viewer.frame === undefined && viewer.activeRoom === undefined;
      document.querySelector('#a')!.append(viewer);
      await fixture.shown(viewer);
      const last = await viewer.toBlob();
      return { isLetGo, sizes: [first.size, last.size], index: viewer.frame?.index };
    });
    expect(result.isLetGo).toBe(true);
    expect(result.index).toBe(0);
    expect(Math.abs(result.sizes[0] - result.sizes[1])).toBeLessThan(result.sizes[0] * 0.1);
    await page.context().close();
  });

  it('[C51] moving a co-room keeps its room, and nobody inside notices', async () => {
    const page = await pages.blank();
    const result = await page.evaluate(async () => {
      await fixture.define();
      document.body.innerHTML = `<main></main><co-room><co-timeline></co-timeline></co-room>`;
      const element = document.querySelector('co-room') as CoRoom;
      element.room = await fixture.room();
      await element.updateComplete;
      const before = element.activeRoom;
      let changes = 0;
      element.addEventListener('co-room-changed', () => changes++);
      document.querySelector('main')!.append(element);
      await new Promise((resolve) => setTimeout(resolve, 150));
      const isKept = before !== undefined && element.activeRoom === before;
      element.remove();
      await new Promise((resolve) => setTimeout(resolve, 150));
      return { isKept, changes, isLeft: element.activeRoom === undefined };
    });
    expect(result).toEqual({ isKept: true, changes: 1, isLeft: true });
    await page.context().close();
  });
});

describe('the line about the connection', () => {
  it('[C64] says that nothing was lost only once the server has stored what was written', async () => {
    const page = await pages.blank();
    const lines = await page.evaluate(async () => {
      await fixture.define();
      const room = await fixture.room();
      let tell: (event: object) => void = () => undefined;
      let store: (level: string) => void = () => undefined;
      const saved = new Promise<string>((resolve) => (store = resolve));
      const connected = new Proxy(room, {
        get: (target, name) => {
          if (name === 'status') return 'online';
          if (name === 'onStatus') return (listener: typeof tell) => ((tell = listener), () => undefined);
          if (name === 'state') return Object.assign(Object.create(room.state) as object, { whenSaved: () => saved });
          return Reflect.get(target, name, target) as unknown;
        },
      });
      const status = document.createElement('co-status') as HTMLElement & { room: Room };
      status.room = connected;
      document.body.append(status);
      const read = async (): Promise<string> => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        return status.shadowRoot!.textContent.trim();
      };
      const lines = [await read()];
      tell({ status: 'offline', isReconnect: false });
      lines.push(await read());
      tell({ status: 'online', isReconnect: true });
      lines.push(await read());
      store('disk');
      lines.push(await read());
      return lines;
    });
    expect(lines[0]).toBe('');
    expect(lines[1]).toContain('Reconnecting');
    expect(lines[2]).not.toContain('lost');
    expect(lines[3]).toBe('Reconnected. Nothing was lost.');
    await page.context().close();
  });

  it('[C201] records that cannot be shown are a sentence, and the page goes on', async () => {
    const page = await pages.blank();
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    const lines = await page.evaluate(async () => {
      await fixture.define();
      const room = await fixture.room();
      const [viewer, status, selections] = ['co-viewer', 'co-status', 'co-selections'].map(
        (tag) => document.createElement(tag) as HTMLElement & { room: Room },
      );
      for (const element of [viewer, status, selections]) {
        element.room = room;
        document.body.append(element);
      }
      const settle = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 300));
      const read = (): string => status.shadowRoot!.querySelector('[role=status]')!.textContent.trim();
      await settle();
      const told = [read()];
      room.visualisers.set('odd', { render: { type: 'moonlight', glow: 3 } });
      await settle();
      told.push(read());
      room.visualisers.set('odder', { render: 'starlight', selection: 'selection.none', color: [9, -9, 1] });
      await settle();
      told.push(read());
      room.visualisers.clear();
      await settle();
      told.push(read());
      return told;
    });
    expect(lines).toEqual([
      '',
      '"visualiser.odd" asks to be drawn as "moonlight", which is not known here; it is drawn as usual.',
      '2 records cannot be shown as they are.',
      '',
    ]);
    expect(failures).toEqual([]);
    await page.context().close();
  });

  it('[C200] what the server did not accept is one calm line with a choice', async () => {
    const page = await pages.blank();
    const told = await page.evaluate(async () => {
      await fixture.define();
      const room = await fixture.room();
      let tell: (refused: object | undefined) => void = () => undefined;
      const done: string[] = [];
      const refused = (size: number): object => ({
        size,
        reason: new Error('The server could not read it.'),
        apply: () => (done.push('apply'), tell(undefined)),
        discard: () => (done.push('discard'), tell(undefined)),
      });
      const status = document.createElement('co-status') as HTMLElement & { room: Room };
      status.room = new Proxy(room, {
        get: (target, name) =>
          name === 'onRefused'
            ? (listener: typeof tell) => ((tell = listener), () => undefined)
            : (Reflect.get(target, name, target) as unknown),
      });
      document.body.append(status);
      const settle = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 100));
      const buttons = (): HTMLButtonElement[] => [...status.shadowRoot!.querySelectorAll('button')];
      await settle();
      const before = status.shadowRoot!.textContent.trim();
      tell(refused(1));
      await settle();
      const one = status.shadowRoot!.querySelector('[role=status]')!.textContent.trim().replace(/\s+/g, ' ');
      buttons()[0].click();
      await settle();
      tell(refused(3));
      await settle();
      const title = status.shadowRoot!.querySelector('.line')!.getAttribute('title');
      const three = status.shadowRoot!.textContent;
      buttons()[1].click();
      await settle();
      const after = status.shadowRoot!.textContent.trim();
      status.remove();
      return { before, one, three, title, after, done };
    });
    expect(told).toMatchObject({ before: '', after: '', done: ['apply', 'discard'] });
    expect(told.one).toBe('1 change was not accepted.Apply again Discard');
    expect(told.three).toContain('3 changes were not accepted.');
    expect(told.title).toBe('The server could not read it.');
    await page.context().close();
  });
});

describe('what cannot be shown', () => {
  it('[C68] without WebGL2 the viewer says so with a code, and the timeline goes on', async () => {
    const page = await pages.blank({
      before: () => {
        const getContext = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
          return kind.startsWith('webgl') ? null : (getContext as Function).call(this, kind, ...rest);
        } as typeof getContext;
      },
    });
    const result = await page.evaluate(async () => {
      await fixture.define();
      const codes: string[] = [];
      document.addEventListener('co-error', (event) => codes.push(event.error.code));
      document.body.innerHTML = `<co-room><co-viewer></co-viewer><co-timeline></co-timeline></co-room>`;
      const room = await fixture.room();
      document.querySelector<CoRoom>('co-room')!.room = room;
      for (let turn = 0; codes.length === 0 && turn < 600; turn += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
      await new Promise((resolve) => setTimeout(resolve, 100));
      const timeline = document.querySelector('co-timeline')!.shadowRoot!;
      timeline.querySelector<HTMLButtonElement>('[aria-label="One frame on"]')!.click();
      return {
        codes,
        text: document.querySelector('co-viewer')!.shadowRoot!.querySelector('.notice')!.textContent,
        index: room.playback.frameIndex,
      };
    });
    expect(result.codes).toEqual(['render/unavailable']);
    expect(result.text).toContain('This picture cannot be drawn');
    expect(result.index).toBe(1);
    await page.context().close();
  });

  it('[C68] a room that does not open is a sentence in the viewer and an event with a code', async () => {
    const page = await pages.blank();
    const result = await page.evaluate(async () => {
      await fixture.define();
      const codes: string[] = [];
      document.addEventListener('co-error', (event) => codes.push(event.error.code));
      document.body.innerHTML = `<co-room href="/r/no..room"><co-viewer></co-viewer></co-room>`;
      for (let waited = 0; codes.length === 0 && waited < 100; waited += 1)
        await new Promise((resolve) => setTimeout(resolve, 200));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const room = document.querySelector('co-room') as CoRoom;
      return {
        codes,
        status: room.getAttribute('status'),
        text: document.querySelector('co-viewer')!.shadowRoot!.querySelector('.notice')!.textContent,
      };
    });
    expect(result.codes).toEqual(['room/name-invalid']);
    expect(result.status).toBe('denied');
    expect(result.text).toContain('no..room');
    await page.context().close();
  });

  it('[C68] a file that is no trajectory is a sentence and an event with a code', async () => {
    const page = await pages.blank();
    const result = await page.evaluate(async () => {
      await fixture.define();
      const viewer = document.createElement('co-viewer') as CoViewer;
      document.body.append(viewer);
      const told = new Promise<string>((resolve) =>
        viewer.addEventListener('co-error', ({ error }) => resolve(error.code), { once: true }),
      );
      await viewer.openFiles([new File(['this is a letter\nto a friend\n'], 'letter.xyz')]);
      await viewer.updateComplete;
      return { code: await told, text: viewer.shadowRoot!.querySelector('.notice')!.textContent };
    });
    expect(result.code).toMatch(/^file\//);
    expect(result.text).toContain('letter.xyz');
    await page.context().close();
  });

  it('[C68] a dropped file is shown in this page alone', async () => {
    const page = await pages.blank();
    const count = await page.evaluate(async () => {
      await fixture.define();
      const viewer = document.createElement('co-viewer') as CoViewer;
      document.body.append(viewer);
      await viewer.openFiles([new File(['2\n\nH 0 0 0\nH 0 0 0.74\n2\n\nH 0 0 0\nH 0 0 0.75\n'], 'hydrogen.xyz')]);
      await fixture.shown(viewer);
      return [viewer.activeRoom?.name, viewer.activeRoom?.url, viewer.frame?.data.positions].map((value) =>
        typeof value === 'object' ? 'array' : value,
      );
    });
    expect(count).toEqual(['hydrogen', '', 'array']);
    await page.context().close();
  });
});
