/**
 * The words that tell negation, uncertainty, time and whom a finding belongs to, for the rules of NegEx (Chapman et al., A simple
 * algorithm for identifying negated findings and diseases in discharge summaries, J Biomed Inform 2001;34:301-310) and ConText
 * (Harkema et al., ConText, J Biomed Inform 2009;42:839-851). The lists are our own.
 */

/**
 * What may be said of an entity. `stopped`, `withheld`, `allergy` and `tolerated` are said of drugs and substances alone, `indication`
 * (what a drug is there for if it comes) of conditions.
 */
export type Modifier =
  | 'allergy' | 'family' | 'future' | 'hypothetical' | 'indication' | 'negated' | 'past' | 'stopped' | 'tolerated' | 'uncertain' | 'withheld';

/**
 * Where the words act: on what follows, on what precedes, or `last`: on what precedes where the sentence ends with them, else on
 * what follows (`Syncope: denies.`, but `Heart: denies syncope.`); `first`: on what follows, at the begin of a sentence alone.
 */
export type Direction = 'backward' | 'first' | 'forward' | 'last';

export interface TriggerList {
  readonly modifier: Modifier;
  readonly direction: Direction;
  /** How many tokens it reaches; without it to the end of the sentence. */
  readonly reach?: number;
  readonly phrases: readonly string[];
}

/** `denies allergy to`, `not allergic to`: what is not tolerated is denied, and nothing is said of taking it. */
const toleratedPhrases = ['no', 'no known', 'denies', 'denied', 'denies any', 'not', 'without', 'has no', 'never had an'].flatMap((denial) => [
  'allergy to', 'allergies to', 'known allergy to', 'drug allergy to', 'allergic to', 'being allergic to', 'allergic reaction to', 'reaction to', 'intolerance to', 'intolerance of',
].map((reaction) => `${denial} ${reaction}`));

export const triggerLists: readonly TriggerList[] = [
  {
    modifier: 'negated',
    direction: 'forward',
    phrases: [
      'without', 'w/o', 'negative for', 'is negative for', 'was negative for', 'are negative for', 'were negative for',
      'neg for', ': neg', ', neg', '; neg', 'no evidence of', 'no evidence for', 'no sign of', 'no signs of',
      'no signs or symptoms of',
      'no indication of', 'no suggestion of', 'no symptoms of', 'no complaints of', 'no complaint of', 'no concern for',
      'no history of',
      'no h/o', 'no hx of', 'no prior history of', 'no known history of', 'no past history of', 'no previous', 'no prior',
      'absence of',
      'free of', 'free from', 'neither', 'nor', 'fails to reveal', 'failed to reveal', 'failed to show', 'ruled out for',
      'rules out',
      'never had', 'never', 'never has had', 'unlikely to be', 'unlikely to have', 'unlikely', 'doubt', 'doubts', '(-)',
      'no longer', 'no longer has',
      'no longer having', 'no more', 'no further', 'no further episodes of', 'no episodes of', 'no recurrence of',
      'no findings of',
      'no recent', 'resolution of', 'rather than', 'lack of', 'lacks', 'unremarkable for', 'no abnormal', 'no other',
      'no known',
      'denying', 'deny', 'no family history of', 'no radiographic evidence of', 'did not show', 'does not show',
      'does not report', 'did not report', 'not report', 'does not endorse', 'did not endorse',
      'does not complain of', 'was ruled out for', 'has been ruled out for', 'were ruled out for', 'did not reveal',
      'does not reveal', 'nothing to suggest',
    ],
  },
  {
    modifier: 'negated',
    direction: 'forward',
    reach: 12,
    phrases: [
      'not', "isn't", "doesn't", "don't", "didn't", "wasn't", "weren't", "hasn't", "haven't", "hadn't", "aren't", 'cannot',
      "can't",
      'does not have', 'did not have', 'not have', 'not had', 'has not had',
    ],
  },
  { modifier: 'negated', direction: 'first', phrases: ['neg'] },
  { modifier: 'negated', direction: 'backward', reach: 3, phrases: [': none', ': never', 'declined', 'was declined', 'not given', 'not performed'] },
  { modifier: 'negated', direction: 'forward', reach: 4, phrases: ['declines', 'refuses', 'refused'] },
  { modifier: 'negated', direction: 'forward', reach: 2, phrases: ['non'] },
  // As in `+ chest pain, - palpitations`.
  { modifier: 'negated', direction: 'forward', reach: 4, phrases: [', -'] },
  { modifier: 'negated', direction: 'last', phrases: ['denies', 'denied', 'no', 'none', 'negative', 'absent'] },
  {
    modifier: 'negated',
    direction: 'backward',
    reach: 10,
    phrases: [
      'is negative', 'was negative', 'are negative', 'were negative', 'is absent', 'was absent', 'are absent', 'not present',
      'is not present',
      'not appreciated', 'not seen', 'not noted', 'not found', 'not identified', 'not detected', 'was not found',
      'were not appreciated',
      'is ruled out', 'was ruled out', 'were ruled out', 'has been ruled out', 'have been ruled out', 'had been ruled out',
      'ruled out',
      'was denied', 'were denied', 'is denied', 'are denied', 'is unlikely', 'are unlikely', 'seems unlikely', 'is gone',
      'are gone',
      'went away', 'was excluded', 'has been excluded', 'is excluded', 'are not present', 'were not present', 'is not seen',
      'was not seen',
      'were not seen', 'are not seen', 'is not appreciated', 'was not appreciated', 'not demonstrated',
    ],
  },
  {
    modifier: 'uncertain',
    direction: 'forward',
    reach: 12,
    phrases: [
      'possible', 'possibly', 'probable', 'probably', 'likely', 'most likely', 'very likely', 'suspect', 'suspected',
      'suspects', 'suspicion of',
      'suspicion for', 'suspicious for', 'concern for', 'concerns for', 'concerning for', 'concern about', 'worrisome for',
      'presumed', 'presumptive',
      'presumably', 'may have', 'might have', 'could have', 'may be', 'might be', 'could be', 'may represent', 'questionable',
      'question of',
      'differential includes', 'differential diagnosis includes', 'differential',
      'cannot exclude', "can't exclude", 'could not exclude',
      'cannot rule out', "can't rule out", 'could not rule out', 'not ruled out', 'suggests', 'suggest', 'suggestive of',
      'suggesting',
      'unclear if', 'uncertain', 'potential', 'potentially', 'perhaps',
    ],
  },
  {
    modifier: 'uncertain',
    direction: 'backward',
    reach: 8,
    phrases: [
      'is suspected', 'was suspected', 'are suspected', 'is possible', 'is a possibility', 'is likely', 'is probable',
      'cannot be excluded',
      'can not be excluded', 'could not be excluded', 'cannot be ruled out', 'could not be ruled out', 'not excluded',
      'is a concern', 'vs', 'versus',
      'remains possible', 'is considered', 'is in the differential', 'not been ruled out', 'has not been ruled out',
    ],
  },
  { modifier: 'uncertain', direction: 'forward', reach: 6, phrases: ['vs', 'versus'] },
  { modifier: 'uncertain', direction: 'forward', reach: 4, phrases: ['?'] },
  { modifier: 'uncertain', direction: 'backward', reach: 4, phrases: ['?'] },
  {
    modifier: 'hypothetical',
    direction: 'forward',
    phrases: [
      'rule out', 'r/o', 'to rule out', 'evaluate for', 'evaluation for', 'assess for', 'work up for', 'workup for',
      'check for', 'look for',
      'screen for', 'screening for', 'screened for', 'monitor for', 'watch for', 'watching for', 'at risk for', 'at risk of',
      'risk of', 'risk for',
      'risk factors for', 'increased risk of', 'to prevent', 'prevent', 'to avoid', 'avoiding', 'vaccinated for',
      'vaccinated against', 'vaccine for', 'prevention of', 'prophylaxis for',
      'prophylaxis against',
      'in case of', 'if', 'if he is', 'if she is', 'if he has', 'if she has', 'if you have', 'if you are',
      'signs and symptoms of', 'signs or symptoms of', 'unless', 'whether', 'in the event of', 'return for', 'call for',
      'seek care for',
      'seek medical attention for',
      'seek medical care for', 'go to the emergency room for', 'go to the ED for', 'come back for', 'warning signs of',
      'precautions for', 'about signs of', 'on signs of', 'worried about', 'worried that', 'afraid of', 'fear of', 'can cause', 'could cause', 'may cause',
    ],
  },
  { modifier: 'hypothetical', direction: 'backward', reach: 2, phrases: ['ppx', 'prophylaxis'] },
  { modifier: 'indication', direction: 'forward', reach: 4, phrases: ['prn', 'p.r.n.', 'prn for', 'as needed for', 'as needed'] },
  { modifier: 'hypothetical', direction: 'first', phrases: ['should'] },
  {
    modifier: 'hypothetical',
    direction: 'forward',
    reach: 8,
    phrases: [
      'consider', 'considering', 'would consider', 'could try', 'may need', 'might need', 'discussed starting', 'requested',
      'requests', 'request for', 'asked for', 'concerned that', 'option of',
      'options including',
    ],
  },
  {
    modifier: 'past',
    direction: 'forward',
    phrases: [
      'history of', 'hx of', 'h/o', 'past history of', 'past medical history of', 'medical history of', 'history significant for',
      'medical history significant for', 'past medical history significant for', 'history is significant for',
      'medical history is significant for',
      'past medical history is significant for', 'medical history includes', 'past medical history includes',
      'remote history of', 'status post',
      's/p', 'prior history of', 'in the past had', 'childhood history of', 'history notable for', 'history remarkable for',
      'personal history of', 'pmh of', 'pmhx of', 'pmh significant for', 'pmh notable for', 'past hx of',
      'surgical history significant for', 'surgical history includes', ', history of',
    ],
  },
  { modifier: 'past', direction: 'forward', reach: 6, phrases: ['hx'] },
  { modifier: 'past', direction: 'forward', reach: 4, phrases: [
    'previous', 'prior', 'previously', 'resolved', 'remote', 'former',
  ] },
  {
    modifier: 'past',
    direction: 'backward',
    reach: 12,
    phrases: [
      'years ago', 'year ago', 'decades ago', 'in childhood', 'as a child', 'as a teenager', 'as an adolescent',
      'in the past', 'last year', 'has resolved',
      'have resolved', 'had resolved', 'is resolved', 'resolved', 'in remission', 'in her twenties', 'in his twenties',
      'growing up',
    ],
  },
  {
    modifier: 'stopped',
    direction: 'forward',
    reach: 8,
    phrases: [
      'stop', 'stopped', 'stopping', 'discontinue', 'discontinued', 'discontinuing', 'd/c', "d/c'd", 'quit', 'used to take',
      'had taken',
      'used to be on',
      'previously took', 'previously on', 'previously taking', 'no longer takes', 'no longer taking', 'no longer on',
      'was taking', 'was on',
      'had been on', 'had been taking', 'off of', 'came off', 'weaned off', 'taper off', 'completed', 'completed a course of',
      'finished', 'failed',
      'has tried', 'tried', 'was treated with', 'treated with', 'ran out of', 'trial off', 'is off', 'been off', 'now off', 'taken off',
    ],
  },
  { modifier: 'stopped', direction: 'forward', reach: 4, phrases: ['not tolerate', 'does not tolerate', 'did not tolerate', 'could not tolerate', 'cannot tolerate', 'unable to tolerate'] },
  { modifier: 'stopped', direction: 'forward', reach: 2, phrases: ['switch from', 'switched from', 'change from', 'changed from'] },
  {
    modifier: 'stopped',
    direction: 'backward',
    reach: 8,
    phrases: [
      'was stopped', 'were stopped', 'was discontinued', 'were discontinued', 'has been stopped', 'has been discontinued',
      'discontinued',
      'in the past', 'years ago', 'was completed',
    ],
  },
  {
    modifier: 'withheld',
    direction: 'forward',
    reach: 12,
    phrases: [
      'avoid', 'avoiding', 'hold', 'holding', 'held', 'refuses', 'refused', 'declines', 'not taking', 'denies taking',
      'not on', 'instead of',
    ],
  },
  {
    modifier: 'allergy',
    direction: 'forward',
    reach: 12,
    phrases: [
      'allergic to', 'allergy to', 'allergies to', 'allergies include', 'intolerant of', 'intolerant to', 'intolerance to',
      'intolerance of',
      'reaction to', 'reacted to', 'anaphylaxis to', 'hypersensitivity to', 'sensitive to',
    ],
  },
  { modifier: 'withheld', direction: 'backward', reach: 3, phrases: ['- hold', '(hold', '- held', '(held', 'on hold', 'is held', 'was held', 'hold until', 'held until'] },
  { modifier: 'tolerated', direction: 'forward', reach: 12, phrases: toleratedPhrases },
  { modifier: 'allergy', direction: 'backward', reach: 3, phrases: ['allergy', 'allergies', 'intolerance'] },
  {
    modifier: 'future',
    direction: 'forward',
    reach: 24,
    phrases: [
      'will', "we'll", 'order', 'ordered', 'ordering', 'schedule', 'scheduled for', 'schedule for', 'refer', 'referred for',
      'referral', 'refer to',
      'referral to', 'referral for', 'recommend', 'recommended', 'recommending', 'plan for', 'plan to', 'plan', 'obtain',
      'proceed with', 'due for',
      'needs', 'pending', 'like to', 'going to', 'consider', 'repeat', 'would', 'candidate for', 'to get', 'awaiting', 'send for',
    ],
  },
];
