/**
 * How a body measures over the years: plain formulas of age, gender and illness, with a little chance. Only the four
 * operations of arithmetic are used, because the results of other functions may differ between machines.
 */

import { ageAt, type Day } from './calendar.ts';
import type { Chart } from './chart.ts';
import type { Illness, Person } from './person.ts';

/** Ages in years with height in cm and body mass index, joined by straight lines. */
const growth: readonly (readonly [age: number, heightCm: number, bmi: number])[] = [
  [0, 50, 13], [0.5, 67, 17.2], [1, 75, 16.9], [2, 87, 16.4], [4, 102, 15.6], [6, 116, 15.4], [9, 134, 16.4],
  [12, 151, 18.2], [15, 165, 20.2], [18, 170, 22], [35, 170, 25], [60, 169, 27], [80, 166, 25.5], [105, 162, 23.5],
];

function interpolate(age: number, column: 1 | 2): number {
  const next = growth.findIndex(([limit]) => limit >= age);
  const after = growth[next < 0 ? growth.length - 1 : next] ?? growth[0];
  const before = growth[Math.max(0, (next < 0 ? growth.length : next) - 1)] ?? after;
  if (!after || !before || after[0] === before[0]) return after?.[column] ?? 0;
  const share = Math.min(1, (age - before[0]) / (after[0] - before[0]));
  return before[column] + share * (after[column] - before[column]);
}

/** A patient's body. What is drawn once (stature, constitution, course of an illness) stays for life. */
export class Body {
  readonly #person: Person;
  readonly #chart: Chart;
  readonly #stature: number;
  readonly #constitution: number;
  readonly #filtrationLossPerYear: number;

  constructor(chart: Chart) {
    const random = chart.random.fork('body');
    this.#chart = chart;
    this.#person = chart.person;
    this.#stature = random.around(this.#person.gender === 'male' ? 1.03 : 0.97, 0.03);
    this.#constitution = random.around(1, 0.1);
    this.#filtrationLossPerYear = random.around(3, 0.6);
  }

  #has(illness: Illness): boolean {
    return this.#person.illnesses.has(illness);
  }

  #age(day: Day): number {
    return Math.max(0, ageAt(this.#person.birth, day));
  }

  /** Years for which the record has been kept on this day: illnesses progress, treatment takes hold. */
  #progress(day: Day): number {
    return Math.max(0, 8 - (this.#chart.lastDay - day) / 365.25);
  }

  #vary(mean: number, spread: number): number {
    return this.#chart.random.around(mean, spread);
  }

  height(day: Day): number {
    const age = this.#age(day);
    return interpolate(age, 1) * (1 + (this.#stature - 1) * Math.min(1, 0.3 + age / 18));
  }

  bodyMassIndex(day: Day): number {
    const illness = this.#has('diabetes') ? 4 : this.#has('copd') ? -2 : 0;
    return interpolate(this.#age(day), 2) * this.#constitution + illness;
  }

  weight(day: Day): number {
    const meters = this.height(day) / 100;
    return this.bodyMassIndex(day) * meters * meters;
  }

  headCircumference(day: Day): number {
    return 34.5 + Math.min(12.5, this.#age(day) * 7);
  }

  /** Systolic and diastolic pressure: rises with age, further with hypertension, less once that is treated. */
  bloodPressure(day: Day): readonly [systolic: number, diastolic: number] {
    const age = this.#age(day);
    const normal = age < 18 ? 90 + age * 1.6 : 112 + (age - 18) * 0.22;
    const raised = this.#has('hypertension') ? 28 - Math.min(16, this.#progress(day) * 3) : 0;
    const systolic = this.#vary(normal + raised, 6);
    return [Math.round(systolic), Math.round(systolic * 0.6 + this.#vary(6, 3))];
  }

  heartRate(day: Day): number {
    const age = this.#age(day);
    const resting = age < 12 ? 125 - age * 3.8 : 74;
    return Math.round(this.#vary(resting + (this.#has('heartFailure') ? 9 : 0), 6));
  }

  respiratoryRate(day: Day): number {
    const age = this.#age(day);
    const resting = age < 12 ? 34 - age * 1.5 : 15;
    return Math.round(this.#vary(resting + (this.#has('copd') ? 4 : 0), 1.2));
  }

  oxygenSaturation(): number {
    return Math.min(100, Math.round(this.#vary(this.#has('copd') ? 91 : 97, 1)));
  }

  temperature(): number {
    return this.#vary(36.7, 0.25);
  }

  hba1c(day: Day): number {
    return this.#has('diabetes') ? this.#vary(8.4 - Math.min(1.5, this.#progress(day) * 0.25), 0.4) : this.#vary(5.3, 0.15);
  }

  glucose(day: Day): number {
    return this.#has('diabetes') ? this.#vary(this.hba1c(day) * 28.7 - 46.7, 10) : this.#vary(88, 6);
  }

  /** Falls slowly with age and faster with kidney disease; never reaches zero. */
  filtrationRate(day: Day): number {
    const age = this.#age(day);
    const healthy = 118 - Math.max(0, age - 30) * 0.75;
    const lost = this.#has('kidneyDisease') ? 26 + this.#filtrationLossPerYear * this.#progress(day) : 0;
    const floor = this.#has('dialysis') ? 8 : 16;
    return Math.max(floor, this.#vary(healthy - lost - (this.#has('dialysis') ? 30 : 0), 2.5));
  }

  /** Creatinine is what the kidneys leave: roughly inverse to the filtration rate, more with more muscle. */
  creatinine(filtrationRate: number): number {
    return (this.#person.gender === 'male' ? 92 : 76) / filtrationRate;
  }

  ureaNitrogen(filtrationRate: number): number {
    return this.#vary(8 + 420 / filtrationRate, 1.5);
  }

  potassium(filtrationRate: number): number {
    return this.#vary(4.1 + Math.max(0, 60 - filtrationRate) * 0.02, 0.2);
  }

  /** Cholesterol, triglyceride, HDL and LDL that add up (LDL by the Friedewald formula). */
  lipids(day: Day): readonly [total: number, triglyceride: number, hdl: number, ldl: number] {
    const raised = this.#has('hyperlipidemia') ? 62 - Math.min(40, this.#progress(day) * 7) : 0;
    const hdl = Math.round(this.#vary(52, 6));
    const triglyceride = Math.round(this.#vary(112 + raised * 0.6, 18));
    const ldl = Math.round(this.#vary(98 + raised, 9));
    return [ldl + hdl + Math.round(triglyceride / 5), triglyceride, hdl, ldl];
  }

  hemoglobin(day: Day): number {
    const base = this.#person.gender === 'male' ? 15 : 13.4;
    return this.#vary(base - (this.filtrationRate(day) < 45 ? 2.2 : 0), 0.5);
  }
}
