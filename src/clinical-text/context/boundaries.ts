/**
 * Words that end what others say of a finding, and words that only look as if they said something (Chapman et al. 2001, Harkema et
 * al. 2009). The lists are our own.
 */

/** Look like triggers and are none: what they are part of says something else. */
export const pseudoTriggers: readonly string[] = [
  'no increase', 'no increase in', 'no change', 'no changes', 'no change in', 'no changes in', 'no significant change',
  'no significant change in', 'no interval change',
  'no significant interval change', 'no significant changes in', 'not only', 'no doubt', 'gram negative', 'not necessarily',
  'not certain if',
  'not certain whether', 'without difficulty', 'no difficulty', 'no relief', 'no relief from', 'no relief with',
  'not relieved', 'not relieved by', 'without relief',
  'no improvement', 'no improvement in', 'no improvement with', 'without improvement', 'not improved', 'not improving',
  'not well controlled', 'not controlled', 'not under control',
  'not under good control', 'not resolved', 'has not resolved', 'have not resolved', 'not gone', 'no decrease in',
  'no better', 'not better', 'no worse',
  'not taking anything for', 'nothing for', 'no treatment for', 'no medication for', 'not helping', 'did not help',
  'does not help', 'not bothered by', 'not to', 'not been able to',
  'not able to', 'unable to', 'if the', 'if your', 'if her', 'if his', 'if these', 'if this', 'if symptoms', 'prior to',
  'previous visit', 'prior visit', 'prior to admission',
  'long history of', 'year history of', 'month history of', 'week history of', 'day history of', 'such as', 'that she has',
  'that he has', 'that she has had', 'that he has had', 'that there is', 'that there are', 'longstanding history of',
  'long standing history of', 'history of present illness', 'should not',
  'not sure', 'no reason', 'no matter', 'not yet', 'not have any issues with', 'likely to', 'not as', 'not require',
  'on the right side', 'on the left side',
  'right side', 'left side', 'on that side', 'side effects', 'side effect',
  'as no', 'without issue', 'no cure', 'not really helping',
  'not completely', 'not fully', 'not always', 'not every', 'no matter what', 'if you have any questions', 'no problem',
  'no problems', 'not provide', 'does not provide',
];

/** End every scope: what follows is another statement. */
export const terminators: readonly string[] = [
  'but', 'however', 'although', 'though', 'yet', 'nevertheless', 'nonetheless', 'except', 'except for', 'aside from',
  'apart from', 'other than', 'with the exception of', 'still',
  'otherwise', 'because', ';', 'reports', 'reporting', 'endorses', 'endorsing',
  '+', 'pos', 'pos for', 'complains of', 'complaining of', 'c/o', 'admits',
  'admits to', 'positive for', '(+)', 'presents with', 'presented with', 'presenting with', 'presents for', 'presents to',
  'he has', 'she has', 'patient has', 'he does have',
  'she does have', 'does have', 'there is', 'there are', 'and has', 'and is', ', has', ', is', 'he is', 'she is', ', mild',
  ', trace', ', moderate', ', severe', ', slight',
  ', positive', ', with', 'with some', 'while', 'whereas', 'until', 'so', 'he reports', 'she reports', 'he states',
  'she states', 'now', 'now with', 'currently', 'today',
  'here for', 'is here', 'comes in', 'came in', 'since', 'as well as being', 'he notes', 'she notes', 'patient notes',
  'and states', 'states that', 'therefore', ', history of',
  'who presents', 'who is', 'which', 'continue', 'increase', 'start', 'initiate', 'prescribe',
];

/** End a negation too; what is denied for a purpose leaves the purpose: `takes nothing for pain`. */
export const negationTerminators: readonly string[] = [
  ', he', ', she', ', they', ', we', ', i', ', the patient', ', patient',
  'for', 'related to', 'despite', 'to suggest', 'as', 'unless', 'resulting in', 'causing',
];
/** What looks like one of these and goes on. */
export const negationContinues: readonly string[] = [
  'for the', 'for a', 'for an', 'for several', 'for one', 'for two', 'for three', 'for four', 'for about', 'for over',
  'for many', 'for any', 'as well as', 'as well',
];
/** End a negation of a drug: `no pain with ibuprofen` says that it is taken. */
export const drugNegationTerminators: readonly string[] = [
  'with', 'from', 'on', 'by', 'after', 'using', 'taking', 'takes', 'when',
];
/** End what is said of a relative: the patient comes back in. */
export const familyTerminators: readonly string[] = ['patient', 'he', 'she', 'pt', 'his own', 'her own', 'herself', 'himself'];
/** Do not end what is said of a relative. */
export const familyContinues: readonly string[] = ['who is', 'which'];
/** Lead to the cause, which is as much a relative's, or as uncertain, as what it causes. */
export const causes: readonly string[] = ['secondary to', 'due to', 'caused by', 'because of'];

/** What began years ago goes on: these in front of `years ago` take its meaning. */
export const onsets: readonly string[] = [
  'diagnosed', 'started', 'began', 'beginning', 'onset', 'since', 'first noticed', 'noticed',
];
