import { expect, test } from 'vitest';
import { createTask, currentTask } from '../../src/primitives/task.ts';

test('inside its function a task is the current task', async () => {
  const task = createTask(async () => currentTask()?.id, { name: 'self' });
  expect(await task).toBe(task.id);
  expect(task.origin.site?.file).toContain('task.test.ts');
  expect(task.origin.site?.line).toBe(5);
});
