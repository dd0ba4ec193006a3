/** Where notes are read, and where they cannot be. */
import { describe, expect, test } from '@jest/globals';
import { medicalRegion, medicalRegions, notesRefusal } from '../../src/aws/medical-region.ts';
import { ownRegion } from '../../src/aws/names.ts';

describe('Notes of a deployment', () => {
  test('are read in its own region, where that has the service', () => {
    expect(medicalRegions.map((region) => medicalRegion(region, ownRegion))).toEqual(medicalRegions);
    expect(notesRefusal('eu-west-1', ownRegion)).toBeUndefined();
  });

  test('are refused where that has not, by words that name the regions and the setting', () => {
    expect(medicalRegion('eu-central-1', ownRegion)).toBeUndefined();
    expect(notesRefusal('eu-central-1', ownRegion)).toMatch(/not to be had in eu-central-1, but in .*eu-west-1.*comprehendMedicalRegion/);
  });

  test('are read where its operator says, also in a region that our list has not', () => {
    expect([medicalRegion('eu-central-1', 'eu-west-2'), medicalRegion('eu-central-1', 'eu-central-1')]).toEqual(['eu-west-2', 'eu-central-1']);
    expect(notesRefusal('eu-central-1', 'eu-central-1')).toBeUndefined();
  });
});
