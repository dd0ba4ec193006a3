/**
 * The first group of the population: organizations, locations, practitioners and their roles
 * (https://hl7.org/fhir/R4/organization.html, location.html, practitioner.html, practitionerrole.html).
 */

import { parseJson, type JsonObject } from '../../json.ts';
import type { Resource } from '../../resource.ts';
import { concept, coding, hl7, snomed, systems, type Concept } from '../codes/coding.ts';
import { clinicians, payers, sites, type Clinician, type Facilities, type Site, type Specialty } from '../facilities.ts';

const specialties: Record<Specialty, Concept> = {
  family: snomed('394814009', 'General practice'),
  pediatrics: snomed('394537008', 'Pediatric specialty'),
  cardiology: snomed('394579002', 'Cardiology'),
  pulmonology: snomed('418112009', 'Pulmonary medicine'),
  nephrology: snomed('394589003', 'Nephrology'),
  obstetrics: snomed('394585009', 'Obstetrics and gynecology'),
  psychiatry: snomed('394587001', 'Psychiatry'),
  oncology: snomed('394593009', 'Medical oncology'),
  orthopedics: snomed('394801008', 'Trauma and orthopedics'),
  radiology: snomed('394914008', 'Radiology'),
};
const provider = hl7('organization-type', 'prov', 'Healthcare Provider');
const insurer = hl7('organization-type', 'ins', 'Insurance Company');
const doctor = concept('Doctor', coding('http://terminology.hl7.org/CodeSystem/practitioner-role', 'doctor', 'Doctor'));
const siteType = concept(
  'Site', coding('http://terminology.hl7.org/CodeSystem/location-physical-type', 'si', 'Site'),
);
const hospitalType = concept('Hospital', coding('http://terminology.hl7.org/CodeSystem/v3-RoleCode', 'HOSP', 'Hospital'));

function phone(index: number): JsonObject {
  return { system: 'phone', value: `+1-555-01${String(10 + index)}`, use: 'work' };
}

function addressOf(site: Site): JsonObject {
  return {
    line: ['1 Health Way'], city: site.town, state: site.state, postalCode: site.postalCode, country: site.country,
  };
}

function organization(id: string, site: Site, index: number): Resource {
  return {
    resourceType: 'Organization', id, active: true,
    identifier: [{ system: systems.npi, value: `99999000${10 + index}` }],
    type: [provider], name: site.name, telecom: [phone(index)], address: [addressOf(site)],
  };
}

function payerOrganization(id: string, name: string): Resource {
  return { resourceType: 'Organization', id, active: true, type: [insurer], name };
}

function location(id: string, site: Site, organizationReference: JsonObject): Resource {
  return {
    resourceType: 'Location', id, status: 'active', name: site.name, mode: 'instance',
    ...(site.kind === 'hospital' && { type: [hospitalType] }), physicalType: siteType, address: addressOf(site),
    // Written with their trailing zeros: a position says by its digits how well it is known.
    position: { longitude: parseJson(site.longitude), latitude: parseJson(site.latitude) },
    managingOrganization: organizationReference,
  };
}

function practitioner(id: string, clinician: Clinician, index: number): Resource {
  return {
    resourceType: 'Practitioner', id, active: true, gender: clinician.gender,
    identifier: [{ system: systems.npi, value: `99998000${10 + index}` }],
    name: [{ use: 'official', family: clinician.family, given: [clinician.given], prefix: [clinician.prefix] }],
    telecom: [phone(20 + index), { system: 'email', value: `clinician${index}@larkspur.example`, use: 'work' }],
  };
}

function role(facilities: Facilities, clinician: Clinician, index: number): Resource {
  return {
    resourceType: 'PractitionerRole', id: facilities.id('PractitionerRole', index), active: true,
    // Open at its end: the role is still held.
    period: { start: '2001-04' },
    practitioner: facilities.practitioner(index),
    organization: facilities.organization(clinician.site),
    code: [doctor], specialty: [specialties[clinician.specialty]], location: [facilities.location(clinician.site)],
    telecom: [phone(20 + index)],
  };
}

/** All that the patients share. The same for any number of patients. */
export function sharedResources(facilities: Facilities): Resource[] {
  return [
    ...sites.map((site, index) => organization(facilities.id('Organization', index), site, index)),
    ...payers.map((name, index) => payerOrganization(facilities.id('Organization', sites.length + index), name)),
    ...sites.map((site, index) => location(facilities.id('Location', index), site, facilities.organization(index))),
    ...clinicians.map((clinician, index) => practitioner(facilities.id('Practitioner', index), clinician, index)),
    ...clinicians.map((clinician, index) => role(facilities, clinician, index)),
  ];
}
