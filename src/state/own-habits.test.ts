import { describe, expect, test } from 'vitest';
import { OwnHabits, serviceHash } from './own-habits.ts';

const day = 86_400_000_000;
const services = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) =>
    serviceHash([0, 0, 0xffff, 0xc633_6400 + from + i], 6 * 65_536 + 9100),
  );

describe('what an actor reaches every day', () => {
  test('days, the median, and how much of it is known', () => {
    const habits = new OwnHabits();
    for (let on = 0; on < 9; on++) habits.learn(7, on * day, services(0, 30 + on));
    const asked = [...services(0, 30), ...services(1000, 30)];
    const habit = habits.before(7, 9 * day, 9 * day, asked)!;
    expect(habit).toMatchObject({ days: 9, answered: 34 });
    expect(habit.familiar).toBeCloseTo(0.5, 1);
    expect(habits.before(7, 8 * day, 8 * day, asked)!.days).toBe(8);
    expect(habits.before(8, 9 * day, 9 * day, asked)).toBeUndefined();
  });

  test('a window that stayed warm stands for its days', () => {
    const habits = new OwnHabits();
    habits.learn(7, 0, services(0, 40));
    expect(habits.before(7, 10 * day, 0, services(0, 40))).toEqual({ days: 10, answered: 40, familiar: 1 });
    expect(habits.before(7, 10 * day, 10 * day, services(0, 40))!.days).toBe(1);
    expect(habits.before(7, day / 2, 0, services(0, 40))).toBeUndefined();
  });

  test('months ago is forgotten, and so are actors beyond the cap', () => {
    const habits = new OwnHabits();
    habits.learn(7, 0, services(0, 40));
    expect(habits.before(7, 40 * day, 40 * day, services(0, 40))).toBeUndefined();
    habits.learn(7, 39 * day, services(0, 10));
    expect(habits.before(7, 40 * day, 40 * day, services(0, 10))).toMatchObject({ days: 1, answered: 10 });
    for (let actor = 100; actor < 5000; actor++) habits.learn(actor, 39 * day, services(0, 2));
    expect(habits.size).toBe(4096);
    expect(habits.before(7, 40 * day, 40 * day, services(0, 10))).toBeUndefined();
  });

  test('a bitmap that is nearly full knows nobody', () => {
    const habits = new OwnHabits();
    habits.learn(7, 0, services(0, 40_000));
    expect(habits.before(7, day, day, services(100_000, 500))).toBeUndefined();
    habits.learn(8, 0, services(0, 4000));
    expect(habits.before(8, day, day, services(100_000, 500))!.familiar).toBeLessThan(0.2);
  });
});
