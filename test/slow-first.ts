import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest: begun last, one of them would run alone at the end. */
const SLOW = [
  'server/sync/conformance',
  'room/presenter.fuzz',
  'server/sync/gate.fuzz',
  'server/redis/redis-locks',
  'server/data/kill',
  'state/undo.fuzz',
  'server/data/model',
  'server/redis/redis-faults',
  'server/sync/stored',
  'entries',
  'components/presets.browser',
  'components/page.browser',
  'components/scene-settings.browser',
  'e2e/accessibility',
  'e2e/moving-atoms',
  'e2e/watching-hard',
  'e2e/files',
  'e2e/two-editors',
].map((name) => `/test/${name}.test.ts`);

/** Order of the files of each project. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification): number => {
      const at = SLOW.findIndex((name) => file.moduleId.endsWith(name));
      return at === -1 ? SLOW.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
