/** Words that tell of relatives, for ConText's question of whose a finding is (Harkema et al. 2009). The lists are our own. */

/** Relatives, whose illness is not the patient's. */
export const relatives: readonly string[] = [
  'mother', 'father', 'mom', 'dad', 'parents', 'parent', 'brother', 'brothers', 'sister', 'sisters', 'sibling', 'siblings',
  'grandmother',
  'grandfather', 'grandparents', 'grandparent', 'grandma', 'grandpa', 'aunt', 'aunts', 'uncle', 'uncles', 'cousin', 'cousins',
  'son', 'sons',
  'daughter', 'daughters', 'husband', 'wife', 'her child', 'his child', 'their child', 'my child', 'children', 'niece', 'nephew', 'half brother', 'half sister',
  'girlfriend', 'boyfriend',
  'roommate', 'partner', 'spouse', 'friend', 'friends', 'neighbor', 'coworker', 'coworkers', 'classmate', 'classmates', 'caregiver',
];

/** What a relative is followed by where the illness is theirs. A relative who says or brings something has none by that. */
export const relativeVerbs: readonly string[] = [
  'had', 'has', 'have', 'also had', 'also has', 'both have', 'both had', 'with', 'died of', 'died from', 'died due to',
  'died with', 'who had', 'who has',
  'who died of', 'was diagnosed with', 'is diagnosed with', 'diagnosed with', 'were diagnosed with', 'suffers from',
  'suffered from', 'suffered',
  'suffered a', 'passed away from', 'passed away of', 'is sick with', 'was sick with', 'sick with', 'is ill with', 'ill with', 'had been diagnosed with', 'positive for', 'tested positive for', 'history of',
  ':', 'deceased from',
  'who suffers from', 'passed from', 'is a', 'was a', 'whom have', 'who have',
];

/** What a relative does without being ill. */
export const relativeDeeds: readonly string[] = [
  'has been', 'has noticed', 'had noticed', 'had to', 'has concerns', 'has brought', 'have noticed', 'has to', 'with him',
  'with her',
];

export const familyForward: readonly string[] = [
  'family history of', 'family history significant for', 'family history is significant for', 'family history positive for',
  'family history includes',
  'no family history of', 'family hx of', 'FHx of', 'FH of', 'family history notable for', 'family history is notable for',
  'strong family history of', 'family history', 'family hx significant for', 'family hx positive for', 'family hx', 'fam hx', 'FHx',
];

export const familyBackward: readonly string[] = [
  'runs in the family', 'runs in her family', 'runs in his family', 'run in the family', 'in the family', 'in her family',
  'in his family',
  'in both parents',
];
