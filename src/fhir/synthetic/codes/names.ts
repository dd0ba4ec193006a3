/** Invented people's names by culture, and invented places. Any likeness to a real person is chance. */

export interface Culture {
  readonly language: string;
  readonly languageName: string;
  readonly families: readonly string[];
  readonly female: readonly string[];
  readonly male: readonly string[];
  /** The same names in their own script, in the same order, where it is not Latin. */
  readonly native?: Pick<Culture, 'families' | 'female' | 'male'>;
  /** OMB race code and text; ethnicity is Hispanic or Latino for Spanish speakers alone, a simplification. */
  readonly race: readonly [code: string, display: string];
}

const white = ['2106-3', 'White'] as const;
const asian = ['2028-9', 'Asian'] as const;

export const cultures = {
  english: {
    language: 'en-US', languageName: 'English (United States)', race: white,
    families: ['Ashgrove', 'Thornwick', 'Pemberlow', 'Harrowdale', 'Quillfeather', 'Smith-Larkwood', 'Fennimore'],
    female: ['Alice', 'Beatrix', 'Clara', 'Edith', 'Mary Jane', 'Willa'],
    male: ['Arthur', 'Conrad', 'Edmund', 'Miles', 'Theo', 'Walter'],
  },
  irish: {
    language: 'en-US', languageName: 'English (United States)', race: white,
    families: ["O'Neil", "O'Farrow", 'McAllenby', "D'Arcymore"],
    female: ['Siobhán', 'Niamh', 'Aoife'],
    male: ['Seán', 'Eoin', 'Pádraig'],
  },
  dutch: {
    language: 'nl-NL', languageName: 'Dutch (Netherlands)', race: white,
    families: ['van der Berg', 'de Wildt', "van 't Hoefblad", 'ten Brinkloo'],
    female: ['Anneke', 'Fleur', 'Saskia'],
    male: ['Jeroen', 'Pieter', 'Willem-Jan'],
  },
  spanish: {
    language: 'es', languageName: 'Spanish', race: white,
    // Decomposed letters (a letter, then its accent) are as valid as composed ones, and must be found all the same.
    families: ['Castaño Ribera', 'Mun\u0303oz Alcoba', 'Peñaflor', 'Ibáñez Loma'],
    female: ['María José', 'Inés', 'Lucía'],
    male: ['Jose\u0301', 'Andrés', 'Joaquín'],
  },
  vietnamese: {
    language: 'vi', languageName: 'Vietnamese', race: asian,
    families: ['Nguyễn', 'Trần', 'Phạm', 'Đặng'],
    female: ['Thị Hồng', 'Bích Ngọc', 'Ánh'],
    male: ['Văn Dũng', 'Đức', 'Minh Quân'],
  },
  chinese: {
    language: 'zh', languageName: 'Chinese', race: asian,
    families: ['Ouyang', 'Lin', 'Zhao', 'Shen'],
    female: ['Meihua', 'Yulan', 'Xiaoqing'],
    male: ['Weiguo', 'Zhiyuan', 'Jianming'],
    native: { families: ['欧阳', '林', '赵', '沈'], female: ['梅花', '玉兰', '晓青'], male: ['卫国', '志远', '建明'] },
  },
  arabic: {
    language: 'ar', languageName: 'Arabic', race: white,
    families: ['al-Nahri', 'Zahrawan', 'Qasimiyan'],
    female: ['Layla', 'Samar', 'Hanan'],
    male: ['Tariq', 'Yusuf', 'Karim'],
    native: { families: ['النهري', 'زهروان', 'قاسميان'], female: ['ليلى', 'سمر', 'حنان'], male: ['طارق', 'يوسف', 'كريم'] },
  },
  hindi: {
    language: 'hi', languageName: 'Hindi', race: asian,
    families: ['Vanraj', 'Nadkarnik', 'Suryavan'],
    female: ['Meera', 'Kavita', 'Asha'],
    male: ['Arjun', 'Rohan', 'Vikram'],
    native: { families: ['वनराज', 'नाडकर्णिक', 'सूर्यवन'], female: ['मीरा', 'कविता', 'आशा'], male: ['अर्जुन', 'रोहन', 'विक्रम'] },
  },
  greek: {
    language: 'el', languageName: 'Greek', race: white,
    families: ['Thalassinos', 'Melidonis', 'Kyparissas'],
    female: ['Eleni', 'Danae', 'Ioanna'],
    male: ['Nikos', 'Stavros', 'Iason'],
    native: {
      families: ['Θαλασσινός', 'Μελιδόνης', 'Κυπαρίσσας'],
      female: ['Ελένη', 'Δανάη', 'Ιωάννα'],
      male: ['Νίκος', 'Σταύρος', 'Ιάσων'],
    },
  },
} as const satisfies Record<string, Culture>;

export type CultureName = keyof typeof cultures;

export const streets = [
  'Lantern Street', 'Old Quarry Road', 'Heron Lane', 'St. Alder Avenue', 'Millrace Way', "Fisher's Row", 'Juniper Court',
] as const;
