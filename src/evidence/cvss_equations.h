#pragma once
#include <cstdint>

#include "evidence/cvss.h"

// Scores are computed in whole numbers, never in floating point, where 8.6 may come out as 8.7: the
// weights of every version have few decimals, so that products of them are whole numbers of a small
// unit.
namespace assay {

__extension__ using WideInt = __int128;

CvssScores cvss2_scores(const CvssVector& vector);
CvssScores cvss3_scores(const CvssVector& vector);  // 3.0 and 3.1
double cvss4_score(const CvssVector& vector);

// Tenths of a score as the score.
inline double score_of_tenths(std::int64_t tenths) { return static_cast<double>(tenths) / 10; }

}  // namespace assay
