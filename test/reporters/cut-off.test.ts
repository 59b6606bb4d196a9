// Tasks that process.exit() cut off: the text says it once, above the table that lists them.
import { expect, test } from 'vitest';
import { addWarnings } from '../../src/process/add-warnings.ts';
import { renderText } from '../../src/reporters/text.ts';
import { remembering } from '../support/rule-history.ts';
import { taskOf } from '../support/rule-report.ts';

test('tasks that process.exit() cut off are named once', () => {
  const fields = {
    reason: 'exit',
    tasks: [taskOf(4, 'mailer')],
    process: { exitCode: 0 },
  } as const;
  const titles = (rules: Parameters<typeof addWarnings>[1]): string[] => {
    const text = renderText(addWarnings(remembering({ runs: 0 }, fields), rules));
    return text.split('\n').filter((line) => /^[A-Z]{4}|mailer/.test(line));
  };
  const table = '  #4 mailer task pending 10 m                     mailer.ts:1';
  const tree = ['AWAIT TREE  ─ awaits  ┄ created', '  mailer #4 · 10 m · created at src/mailer.ts:1:5'];
  expect([titles({}), titles({ ignore: ['task-outside-run'] })]).toEqual([
    ['TASKS  cut off by process.exit(): finally blocks did not run (task-outside-run)', table, ...tree],
    ['TASKS', table, ...tree],
  ]);
});
